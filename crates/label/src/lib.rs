//! Reads the barcodes of a slide's label, tells what their text means, and draws such labels.
//!
//! Reading is rxing's (ZXing in Rust): Data Matrix (ISO/IEC 16022), QR (ISO/IEC 18004) and Code 128
//! (ISO/IEC 15417), turned any way a label can lie on the glass. What a barcode says may name a
//! patient: it is a [`flow::LabelText`], which does not print.

mod barcode;
mod code_128;
mod draw;
mod pattern;
mod picture;
mod read;

pub use barcode::{Barcode, Symbology};
pub use draw::{DrawError, draw};
pub use pattern::{LabelPattern, PatternError};
pub use picture::LabelPicture;
pub use read::read_barcodes;
