//! The heads: what turns a bag of embeddings into logits and attention.

mod abmil;
mod config;
mod gated_attention;
mod ordinal;

pub(crate) use abmil::Abmil;
pub use config::HeadConfig;
use ordinal::Ordinal;
pub(crate) use ordinal::{exceedance, softplus};
