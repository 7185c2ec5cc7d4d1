use super::head_loss::head_loss;
use super::sampling::whole;
use super::{TrainConfig, TrainingBag};
use crate::MilError;
use crate::head::Head;

/// Mean loss over whole bags.
pub(super) fn mean_loss(
    head: &Head,
    bags: &[&TrainingBag],
    config: &TrainConfig,
) -> Result<f64, MilError> {
    let mut total = 0.0;
    for bag in bags {
        let loss = head_loss(head, &whole(bag)?, bag.label, config)?;
        total += f64::from(loss.to_scalar::<f32>()?);
    }
    Ok(total / bags.len().max(1) as f64)
}
