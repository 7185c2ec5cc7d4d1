//! The heads: what turns a bag of embeddings into logits and attention.

mod abmil;
mod config;
mod gated_attention;
mod ordinal;

pub(crate) use abmil::{Abmil, Instances};
pub use config::HeadConfig;
pub(crate) use ordinal::{Ordinal, exceedance};
