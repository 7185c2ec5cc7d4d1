use candle_core::{DType, Device, Result, Tensor};

use crate::{Architecture, Input};

/// Turns images into patches on the device: a quarter of the bytes are copied to it that way.
#[derive(Debug)]
pub(super) struct Patches {
    side: usize,
    patch: usize,
    /// Per channel: a byte times the scale, plus the offset, is what the encoder sees.
    scale: Tensor,
    offset: Tensor,
}

impl Patches {
    pub(super) fn new(architecture: &Architecture, input: Input, device: &Device) -> Result<Self> {
        let channels = |value: fn(f64, f64) -> f64| {
            let pairs = input.mean.iter().zip(&input.std);
            let values = pairs.map(|(mean, std)| value(*mean, *std) as f32);
            Tensor::from_iter(values, device)
        };
        Ok(Self {
            side: architecture.image_px as usize,
            patch: architecture.patch_px as usize,
            scale: channels(|_, std| 1.0 / (255.0 * std))?,
            offset: channels(|mean, std| -mean / std)?,
        })
    }

    /// Whole images of interleaved RGB, one after another, to patches of shape (images, patches,
    /// channels * rows * columns), normalised, in f32.
    pub(super) fn of(&self, images: &[u8], device: &Device) -> Result<Tensor> {
        let (patch, per_side) = (self.patch, self.side / self.patch);
        let n_images = images.len() / (3 * self.side * self.side);
        let shape = (n_images, per_side, patch, per_side, patch, 3);
        Tensor::from_slice(images, shape, device)?
            .to_dtype(DType::F32)?
            .broadcast_mul(&self.scale)?
            .broadcast_add(&self.offset)?
            .permute((0, 1, 3, 5, 2, 4))?
            .reshape((n_images, per_side * per_side, 3 * patch * patch))
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;
    use crate::preprocess::Preprocessor;
    use crate::{Published, RgbTile};

    #[test]
    fn patches_are_those_of_the_processor() -> std::result::Result<(), Box<dyn Error>> {
        for name in ["kaiko-s8", "h-optimus-0", "plip"] {
            let published = Published::all()?.into_iter().find(|p| p.name == name);
            let Published {
                architecture,
                input,
                ..
            } = published.ok_or("it is published")?;
            let side = architecture.image_px;
            let n_bytes = 2 * 3 * (side as usize).pow(2);
            let bytes: Vec<u8> = (0..n_bytes).map(|at| (at * at / 7) as u8).collect();
            let tiles: Vec<_> = bytes
                .chunks(n_bytes / 2)
                .map(|pixels| RgbTile { pixels, side })
                .collect();
            let expected = Preprocessor::new(input, &architecture).patches(&tiles)?;
            let found =
                Patches::new(&architecture, input, &Device::Cpu)?.of(&bytes, &Device::Cpu)?;
            assert_eq!(found.dims(), expected.dims());
            let away = (found - expected)?.abs()?.max_all()?.to_scalar::<f32>()?;
            assert!(away < 2e-6, "{name}: {away}");
        }
        Ok(())
    }
}
