//! Supervised training of an encoder on tiles with known tissue.
//!
//! Two linear heads are trained with the transformer and thrown away afterwards: one reads the
//! embedding and tells the tile's shares of the classes, one reads each patch token and tells the
//! class at that patch's centre. The second gives a tile hundreds of answers instead of one, which
//! is what makes training on a processor feasible.

mod augment;
mod config;
mod fit;
mod heads;
mod losses;
mod tile;
mod trained;

pub use config::{Augmentation, EncoderDraft, TrainConfig};
pub use fit::{StepReport, fit};
pub use tile::LabelledTile;
pub use trained::TrainedEncoder;
