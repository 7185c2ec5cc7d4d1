use crate::frame::Frame;

/// Amounts of dye on every pixel of a frame, and how far each lies from the nearest cells.
pub(crate) struct Canvas {
    pub(crate) frame: Frame,
    pub(crate) dyes: Vec<Dyes>,
    /// Distances in micrometres to the nearest and second nearest epithelial nucleus.
    pub(crate) nearest: Vec<[f32; 2]>,
}

/// Amounts of dye at one place; 1 is a full, ordinary staining.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dyes {
    pub(crate) haematoxylin: f32,
    pub(crate) eosin: f32,
    /// Red cells' own colour.
    pub(crate) haemoglobin: f32,
}

/// A distance beyond any cell's reach.
pub(crate) const FAR: f32 = 1e3;

impl Canvas {
    pub(crate) fn new(frame: Frame) -> Self {
        Self {
            frame,
            dyes: vec![Dyes::default(); frame.n_pixels()],
            nearest: vec![[FAR; 2]; frame.n_pixels()],
        }
    }

    pub(crate) fn row(&mut self, row: usize) -> &mut [Dyes] {
        let width = self.frame.width;
        &mut self.dyes[row * width..][..width]
    }
}

impl Dyes {
    pub(crate) const fn new(haematoxylin: f32, eosin: f32) -> Self {
        Self {
            haematoxylin,
            eosin,
            haemoglobin: 0.0,
        }
    }

    /// This where `t` is 0, `other` where it is 1.
    #[inline(always)]
    pub(crate) fn mixed(self, other: Self, t: f32) -> Self {
        Self {
            haematoxylin: self.haematoxylin + (other.haematoxylin - self.haematoxylin) * t,
            eosin: self.eosin + (other.eosin - self.eosin) * t,
            haemoglobin: self.haemoglobin + (other.haemoglobin - self.haemoglobin) * t,
        }
    }

    #[inline(always)]
    pub(crate) fn scaled(self, factor: f32) -> Self {
        Self {
            haematoxylin: self.haematoxylin * factor,
            eosin: self.eosin * factor,
            haemoglobin: self.haemoglobin * factor,
        }
    }
}
