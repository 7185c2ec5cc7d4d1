use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops;

use super::LabelledTile;

/// Mean cross-entropy of logits (batch, classes) against the tiles' shares.
pub(super) fn tile_loss(logits: &Tensor, tiles: &[LabelledTile]) -> Result<Tensor> {
    let (batch, n_classes) = logits.dims2()?;
    let shares: Vec<f32> = tiles.iter().flat_map(|tile| tile.shares.clone()).collect();
    let shares = Tensor::from_vec(shares, (batch, n_classes), &Device::Cpu)?;
    (ops::log_softmax(logits, D::Minus1)? * shares)?
        .sum(D::Minus1)?
        .mean_all()?
        .neg()
}

/// Mean cross-entropy of logits (batch * patches, classes) against the patches' classes.
pub(super) fn patch_loss(logits: &Tensor, tiles: &[LabelledTile]) -> Result<Tensor> {
    let classes: Vec<u32> = tiles
        .iter()
        .flat_map(|tile| tile.patches.iter().map(|&class| u32::from(class)))
        .collect();
    let classes = Tensor::from_vec(classes, (logits.dim(0)?, 1), &Device::Cpu)?;
    ops::log_softmax(logits, D::Minus1)?
        .gather(&classes, D::Minus1)?
        .mean_all()?
        .neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() -> Result<()> {
        let logits = Tensor::new(&[[0.0_f32, 0.0], [2.0, 0.0]], &Device::Cpu)?;
        let tile = |shares: [f32; 2], class| LabelledTile {
            pixels: Vec::new(),
            shares: shares.to_vec(),
            patches: vec![class],
        };
        let tiles = [tile([0.5, 0.5], 0), tile([0.25, 0.75], 1)];
        let (half, likely, unlikely) = (std::f32::consts::LN_2, 0.126_928, 2.126_928);
        let expected = (half + 0.25 * likely + 0.75 * unlikely) / 2.0;
        assert!((tile_loss(&logits, &tiles)?.to_scalar::<f32>()? - expected).abs() < 1e-5);
        let expected = (half + unlikely) / 2.0;
        assert!((patch_loss(&logits, &tiles)?.to_scalar::<f32>()? - expected).abs() < 1e-5);
        Ok(())
    }
}
