use crate::MilError;

/// Embeddings of tiles, each with the number of its class.
#[derive(Clone, Debug)]
pub struct LabelledEmbeddings {
    /// One tile after another.
    values: Vec<f32>,
    dimension: usize,
    classes: Vec<usize>,
}

impl LabelledEmbeddings {
    /// # Errors
    /// Unless there are `dimension` finite values a tile and at least two classes.
    pub fn new(values: Vec<f32>, dimension: usize, classes: Vec<usize>) -> Result<Self, MilError> {
        let wrong = |text: String| Err(MilError::Probe(text));
        if values.len() != classes.len() * dimension {
            return wrong(format!(
                "{} values are not {dimension} for each of {} tiles",
                values.len(),
                classes.len()
            ));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return wrong(format!("a value of tile {} is not finite", at / dimension));
        }
        if classes.iter().all(|class| Some(class) == classes.first()) {
            return wrong("all tiles are of one class".to_owned());
        }
        Ok(Self {
            values,
            dimension,
            classes,
        })
    }

    /// Tiles.
    #[expect(
        clippy::len_without_is_empty,
        reason = "never empty: there are two classes"
    )]
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    pub(super) fn n_classes(&self) -> usize {
        self.classes.iter().max().map_or(0, |last| last + 1)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.dimension)
    }

    /// The tiles of these indices, in this order.
    pub(super) fn only(&self, indices: &[usize]) -> Self {
        let row = |&index: &usize| &self.values[index * self.dimension..][..self.dimension];
        Self {
            values: indices.iter().flat_map(row).copied().collect(),
            dimension: self.dimension,
            classes: indices.iter().map(|&index| self.classes[index]).collect(),
        }
    }
}
