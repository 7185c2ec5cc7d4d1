//! What goes wrong between the patient and the scanner: folds, blur, pen, dust, coverslip edges.

mod focus;
mod fold;
mod glass;
mod pen;

pub(crate) use focus::{BLUR_REACH, Focus};
pub(crate) use fold::Fold;
pub(crate) use glass::Glass;
pub(crate) use pen::Pen;

use crate::draw::Seed;
use crate::layout::Layout;

/// The artefacts of one slide.
#[derive(Clone, Debug)]
pub(crate) struct Artefacts {
    pub(crate) focus: Focus,
    pub(crate) fold: Option<Fold>,
    pub(crate) glass: Glass,
    pub(crate) pen: Option<Pen>,
}

impl Artefacts {
    pub(crate) fn new(seed: Seed, layout: &Layout, side: f32) -> Self {
        Self {
            focus: Focus::new(seed.branch(1), side),
            fold: Fold::new(seed.branch(2), side),
            glass: Glass::new(seed.branch(3), side),
            pen: Pen::new(seed.branch(4), layout, side),
        }
    }
}
