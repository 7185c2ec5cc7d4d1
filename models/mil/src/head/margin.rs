use candle_core::{D, Result, Tensor};

/// The logit of the positive class of two: the only logit there is, or that of class 1 above that of
/// class 0, whose sigmoid is the softmax of both.
///
/// Logits (..., 1 or 2) to a tensor without the last dimension.
pub(crate) fn margin(logits: &Tensor) -> Result<Tensor> {
    let positive = logits.dim(D::Minus1)? - 1;
    let of_positive = logits.narrow(D::Minus1, positive, 1)?;
    let margin = match positive {
        0 => of_positive,
        _ => (of_positive - logits.narrow(D::Minus1, 0, 1)?)?,
    };
    margin.squeeze(D::Minus1)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn of_one_logit_and_of_two() -> Result<()> {
        let one = Tensor::new(&[0.7_f32], &Device::Cpu)?;
        assert_eq!(margin(&one)?.to_scalar::<f32>()?, 0.7);
        let two = Tensor::new(&[[1.0_f32, 3.0], [2.0, -1.0]], &Device::Cpu)?;
        assert_eq!(margin(&two)?.to_vec1::<f32>()?, [2.0, -3.0]);
        Ok(())
    }
}
