//! What every DICOM object of ours is made of, and the objects that tell of a result.
//!
//! A slide's levels are written by `crates/pyramid`; what a task said of the slide is told by
//! [`parametric_map`], [`segmentation`], [`annotations`] and [`report`]. Nothing here does I/O, and
//! the same result always gives the same bytes.

mod data_set;
mod data_set_json;
mod file;
mod icc;
mod result;
mod specimen;
mod study;
mod tiled;

pub use data_set::{DataSet, decimal};
pub use data_set_json::{data_set_json, tag_text};
pub use file::{EncodeError, FileHead, encode_file};
pub use icc::srgb_profile;
pub use result::{
    CellPicture, ResultObject, ResultSeries, Signature, SignedFinding, Told, annotations,
    map_picture, parametric_map, report, segmentation, segmentation_picture,
};
pub use specimen::specimen;
pub use study::{UNKNOWN_DATE, UNKNOWN_TIME, patient_and_study, patient_identity_removed};
pub use tiled::{on_the_slide, pixel_measures, tiled_full};
