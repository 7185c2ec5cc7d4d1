//! The results of a slide as further series of its study. Nothing of them is stored as DICOM: an
//! object is made from the stored prediction and heatmap when somebody asks for it, always with the
//! same bytes.

mod made;
mod signatures;
mod slide_result;

pub(crate) use made::MadeObjects;
pub(crate) use slide_result::{ToldInstance, results_of};
