//! What a task said of a slide, as DICOM objects of the slide's study: a parametric map of each
//! layer of the heatmap, a segmentation, the tiles with most attention as bulk annotations, and a
//! structured report, which is preliminary until a person signs.

mod algorithm;
mod annotations;
mod cells;
mod colours;
mod content;
mod content_item;
mod findings;
mod identity;
mod object;
mod parametric_map;
mod report;
mod segmentation;
mod signature;
mod told;

pub use annotations::annotations;
pub use cells::CellPicture;
pub use object::{ResultObject, ResultSeries};
pub use parametric_map::{map_picture, parametric_map};
pub use report::report;
pub use segmentation::{segmentation, segmentation_picture};
pub use signature::{Signature, SignedFinding};
pub use told::Told;
