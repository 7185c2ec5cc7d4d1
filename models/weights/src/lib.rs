//! Reads the weight files of other frameworks into named tensors.
//!
//! [`read()`] takes safetensors (one file or shards) and PyTorch files (zip and legacy). A PyTorch
//! file is a pickle, which is a program; it is never run here. A small machine of our own knows the
//! few instructions and the few names that tensors need, and refuses everything else by its name.
//! Values stay in the file until a tensor is asked for them. [`report()`] says how a file fits a
//! model. [`write_tensor()`] is the way back for a single tensor.

mod container;
mod dtype;
mod error;
mod folder;
mod layout;
mod open_file;
mod pickle;
mod place;
mod read;
mod report;
mod safetensors_file;
mod state_dict;
mod tensor;
mod torch;
mod vit;

pub use container::Container;
pub use dtype::Dtype;
pub use error::WeightsError;
pub use place::{Part, Place};
pub use read::read;
pub use report::{Match, OtherShape, Report, report};
use state_dict::ALONE;
pub use state_dict::StateDict;
pub use tensor::Tensor;
pub use torch::write::write_tensor;
pub use vit::vit_place;
