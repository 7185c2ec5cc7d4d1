use crate::MilError;

/// A slide's embeddings and what is true about it.
#[derive(Clone, Debug)]
pub struct TrainingBag {
    /// Named in errors and evaluations.
    pub name: String,
    /// `n * dimension` values, one instance after another.
    pub embeddings: Vec<f32>,
    pub dimension: u32,
    pub label: BagLabel,
    /// Where it is known: the share of each instance's area that holds the finding, 0 to 1.
    pub evidence: Option<Vec<f32>>,
}

/// The answer for a whole slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BagLabel {
    Negative,
    /// The grade where it is known.
    Positive(Option<u8>),
}

impl BagLabel {
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Positive(_))
    }

    pub fn grade(self) -> Option<u8> {
        match self {
            Self::Negative => None,
            Self::Positive(grade) => grade,
        }
    }
}

impl TrainingBag {
    pub fn n_instances(&self) -> usize {
        self.embeddings.len() / self.dimension.max(1) as usize
    }

    pub(crate) fn check(&self, dimension: u32, highest: Option<u8>) -> Result<(), MilError> {
        let wrong = |text: String| Err(MilError::Training(format!("bag `{}` {text}", self.name)));
        if self.dimension != dimension {
            return wrong(format!(
                "has {} values a tile, the head {dimension}",
                self.dimension
            ));
        }
        if self.n_instances() == 0 {
            return wrong("is empty; leave it out".to_owned());
        }
        if self
            .evidence
            .as_ref()
            .is_some_and(|e| e.len() != self.n_instances())
        {
            return wrong("has evidence for another number of tiles".to_owned());
        }
        match (self.label.grade(), highest) {
            (Some(grade), Some(highest)) if !(1..=highest).contains(&grade) => wrong(format!(
                "has grade {grade}, the scale goes from 1 to {highest}"
            )),
            _ => Ok(()),
        }
    }
}
