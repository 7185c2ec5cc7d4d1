//! The named parameters of a model: what there must be, read strictly from safetensors, drawn from
//! a seed, trained by AdamW, and written back.
//!
//! A model states its parameters once as [`Declaration`]s. [`Parameters`] are those of a trained
//! model; [`Variables`] are the same while they are trained.

mod adamw;
mod declaration;
mod error;
mod gradients;
mod one_cycle;
mod read;
mod seeded;
mod training_state;
mod variables;
mod write;

pub use adamw::{AdamW, AdamWConfig};
pub use declaration::{Declaration, Initial};
pub use error::ParametersError;
pub use gradients::Gradients;
pub use one_cycle::OneCycle;
pub use read::Parameters;
pub use seeded::{Random, Seed, seeded};
pub use training_state::TrainingState;
pub use variables::{Snapshot, Variables};
pub use write::StoredAs;
