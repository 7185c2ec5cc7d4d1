use candle_core::{D, DType, Result, Tensor};

/// Enough for the softmax matrices of the Nystrom attention (Xiong et al. 2021, section 3.3).
const N_STEPS: usize = 6;

/// The iterated pseudo-inverse of (heads, m, m) matrices of shares, each row summing to 1
/// (Xiong et al. 2021, eq. 11 and 12; Razavi et al. 2014):
/// `z <- z (13 I - a z (15 I - a z (7 I - a z))) / 4`.
///
/// The start, `z = a^T / (largest row sum * largest column sum)`, takes the sums over all heads, as
/// the published models do; a few steps do not forget it wholly.
pub(super) fn pseudo_inverse(matrices: &Tensor) -> Result<Tensor> {
    let largest = |dim: D| matrices.sum(dim)?.flatten_all()?.max(0);
    let scale = (largest(D::Minus1)? * largest(D::Minus2)?)?;
    let mut z = matrices
        .transpose(1, 2)?
        .contiguous()?
        .broadcast_div(&scale)?;
    let unit = Tensor::eye(matrices.dim(D::Minus1)?, DType::F32, matrices.device())?;
    let less = |factor: f64, subtracted: &Tensor| (&unit * factor)?.broadcast_sub(subtracted);
    for _ in 0..N_STEPS {
        let az = matrices.matmul(&z)?;
        let inner = az.matmul(&less(7.0, &az)?)?;
        let middle = az.matmul(&less(15.0, &inner)?)?;
        z = (z.matmul(&less(13.0, &middle)?)? * 0.25)?;
    }
    Ok(z)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn undoes_a_matrix_of_shares() -> Result<()> {
        let shares = [[[0.7_f32, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]];
        let shares = Tensor::new(&shares, &Device::Cpu)?;
        let product = shares.matmul(&pseudo_inverse(&shares)?)?.squeeze(0)?;
        for (at, row) in product.to_vec2::<f32>()?.iter().enumerate() {
            for (other, value) in row.iter().enumerate() {
                let expected = f32::from(u8::from(at == other));
                assert!((value - expected).abs() < 1e-4, "{at} {other}: {value}");
            }
        }
        Ok(())
    }
}
