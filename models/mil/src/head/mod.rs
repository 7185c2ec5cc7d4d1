//! The heads: what turns a bag of embeddings into logits and attention.

mod abmil;
mod any_head;
mod checkpoint_key;
mod clam_mb;
mod clam_sb;
mod clam_trunk;
mod config;
mod config_check;
mod declarations;
mod dsmil;
mod dtfd;
mod gated_attention;
#[cfg(test)]
mod gradient_test;
mod kind;
mod layer_norm;
mod margin;
mod max_pool;
mod mean_mlp;
mod mean_pool;
mod nystrom_attention;
mod ordinal;
mod output;
mod packed_abmil;
#[cfg(test)]
mod packed_abmil_test;
mod plain_abmil;
mod position_encoding;
mod pseudo_inverse;
mod shares;
mod shifted_sum;
mod terms;
mod thresholds;
mod trans_mil;

pub use any_head::Head;
pub use checkpoint_key::checkpoint_key;
pub use config::HeadConfig;
pub(crate) use dsmil::DsmilTerms;
pub use dsmil::{DsmilQuery, DsmilValue};
pub use kind::HeadKind;
pub(crate) use margin::margin;
pub(crate) use max_pool::MaxPool;
use ordinal::Ordinal;
pub(crate) use ordinal::softplus;
pub use output::BagOutput;
pub(crate) use terms::Terms;
pub(crate) use thresholds::Thresholds;
