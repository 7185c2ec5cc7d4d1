//! Paints synthetic H&E-like slides of any size with known tumour and grade.
//!
//! Everything seen is a pure function of the seed and the place on the glass (in micrometres), so
//! any rectangle can be painted alone, in any order, and always shows the same tissue: [`paint`]
//! does that, [`write_slide`] runs it over a whole slide and writes a tiled TIFF pyramid with its
//! ground truth as GeoJSON beside it.
//!
//! Inside, large things (tissue, tumour, zones) are noise fields, small things (glands, vessels,
//! cells) sit on jittered lattices, and all of it is laid down as amounts of haematoxylin, eosin
//! and haemoglobin that a stain turns into colour.

mod artefact;
mod canvas;
mod contour;
mod descent;
mod draw;
mod epithelium;
mod error;
mod fat;
mod frame;
mod gland;
mod ground;
mod ground_truth;
mod label_page;
mod lattice;
mod layout;
mod noise;
mod nucleus;
mod paint;
mod pattern;
mod pending;
mod placement;
mod point;
mod scene;
mod slide;
mod spec;
mod stain;
mod terrain;
mod tiff;
mod tumour;
mod vessel;
mod zone;

pub use error::PhantomError;
pub use ground_truth::{GroundTruth, Polygon};
pub use paint::{RgbPixels, paint};
pub use scene::{Scene, TissueClass};
pub use slide::{TilesDone, write_slide};
pub use spec::{Grade, PhantomScanner, PhantomSpec, PyramidStep};
pub use stain::{Stain, StainChoice};
