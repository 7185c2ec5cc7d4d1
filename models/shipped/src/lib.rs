//! The small default encoder and demo task that ship with Coverslip.
//!
//! Both are trained by the recipes beside their weights ([`recipe`]); their weights are part of the
//! binary and checked against the sha256 in their configuration whenever they are loaded.

mod error;

pub mod recipe;

pub use error::ShippedError;

use encoder::{Compute, Encoder, EncoderConfig};
use mil::Task;

const ENCODER_JSON: &[u8] = include_bytes!("../encoder/encoder.json");
const ENCODER_WEIGHTS: &[u8] = include_bytes!("../encoder/model.safetensors");

/// `task.json` and the weights of the heads of every shipped task.
const TASKS: &[(&[u8], &[&[u8]])] = &[(
    include_bytes!("../tasks/phantom-tumour/task.json"),
    &[
        include_bytes!("../tasks/phantom-tumour/head-1.safetensors"),
        include_bytes!("../tasks/phantom-tumour/head-2.safetensors"),
        include_bytes!("../tasks/phantom-tumour/head-3.safetensors"),
        include_bytes!("../tasks/phantom-tumour/head-4.safetensors"),
        include_bytes!("../tasks/phantom-tumour/head-5.safetensors"),
    ],
)];

/// What the default encoder is, without its weights.
pub fn encoder_config() -> Result<EncoderConfig, ShippedError> {
    Ok(EncoderConfig::parse(ENCODER_JSON)?)
}

/// The default encoder.
pub fn encoder(compute: Compute) -> Result<Encoder, ShippedError> {
    Ok(Encoder::load(ENCODER_JSON, ENCODER_WEIGHTS, compute)?)
}

/// The demo tasks; all of them read the bags of [`encoder`].
pub fn tasks() -> Result<Vec<Task>, ShippedError> {
    let tasks = TASKS.iter();
    tasks
        .map(|(json, heads)| Ok(Task::load(json, heads)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_loads_and_fits_together() -> Result<(), ShippedError> {
        let encoder = encoder(Compute::default())?;
        let tasks = tasks()?;
        assert!(!tasks.is_empty());
        for task in tasks {
            assert_eq!(task.encoder(), encoder.reference());
            assert_eq!(task.file().head.dimension(), encoder.dimension());
        }
        assert!(ENCODER_WEIGHTS.len() <= 6_000_000);
        Ok(())
    }

    /// So its hash, by which its results are known, is that of the first release.
    #[test]
    fn a_task_is_written_as_it_was_read() -> Result<(), ShippedError> {
        for (task, (json, _)) in tasks()?.iter().zip(TASKS) {
            assert_eq!(task.file().to_json()?, *json);
        }
        Ok(())
    }
}
