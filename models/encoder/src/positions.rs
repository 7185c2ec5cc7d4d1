use serde::{Deserialize, Serialize};

use crate::Architecture;
use crate::resample::{Kernel, taps};

/// How positions learned on another grid become those of the encoder's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PositionFilter {
    /// PyTorch's bicubic with antialias: timm, and DINOv2 with registers.
    #[default]
    BicubicAntialias,
    /// PyTorch's bicubic without: Hugging Face's DINOv2 without registers.
    Bicubic,
}

impl PositionFilter {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How the positions in a file lie: some of the tokens before the patches, then a square grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundPositions {
    pub(crate) n_before: usize,
    pub(crate) side: usize,
}

/// `pos_embed` and `cls_token` as a file has them, or as the architecture needs them.
#[derive(Clone, Debug)]
pub(crate) struct Learned {
    pub(crate) positions: Vec<f32>,
    pub(crate) class: Vec<f32>,
}

impl FoundPositions {
    /// What `n_rows` positions can be for this architecture: as many before the patches as it
    /// has, or one for the class token where it has none there (DINOv2's own files).
    pub(crate) fn of(n_rows: usize, architecture: &Architecture) -> Option<Self> {
        let expected = architecture.n_positions_before_patches();
        [expected, expected.max(1)]
            .into_iter()
            .find_map(|n_before| {
                let n_patches = n_rows.checked_sub(n_before)?;
                let side = n_patches.isqrt();
                (side > 0 && side * side == n_patches).then_some(Self { n_before, side })
            })
    }

    /// The same on the architecture's grid; a class token's position that it has no place for is
    /// added to the class token, which comes to the same sum.
    pub(crate) fn fitted(
        self,
        learned: Learned,
        architecture: &Architecture,
        filter: PositionFilter,
    ) -> Learned {
        let Learned {
            positions,
            mut class,
        } = learned;
        let (before, grid) = positions.split_at(self.n_before * architecture.width);
        let mut fitted = Vec::with_capacity(architecture.n_positions() * architecture.width);
        if self.n_before == architecture.n_positions_before_patches() {
            fitted.extend_from_slice(before);
        } else {
            class.iter_mut().zip(before).for_each(|(c, b)| *c += b);
        }
        let to = architecture.patches_per_side();
        fitted.extend(resampled(grid, self.side, to, filter));
        Learned {
            positions: fitted,
            class,
        }
    }
}

/// A square grid of vectors, row-major, from `from` to `to` a side.
fn resampled(grid: &[f32], from: usize, to: usize, filter: PositionFilter) -> Vec<f32> {
    if from == to {
        return grid.to_vec();
    }
    let kernel = match filter {
        PositionFilter::BicubicAntialias => Kernel::Bicubic,
        PositionFilter::Bicubic => Kernel::BicubicNarrow,
    };
    let width = grid.len() / (from * from);
    let taps = taps(from, to, kernel);
    let mixed = |rows: &[&[f32]]| -> Vec<f32> {
        let mix = |taps: &crate::resample::Taps| {
            let mut sum = vec![0.0_f64; rows.first().map_or(0, |row| row.len())];
            for (row, weight) in rows[taps.first..].iter().zip(&taps.weights) {
                sum.iter_mut()
                    .zip(*row)
                    .for_each(|(sum, value)| *sum += weight * f64::from(*value));
            }
            sum.into_iter()
                .map(|value| value as f32)
                .collect::<Vec<_>>()
        };
        taps.iter().flat_map(mix).collect()
    };
    let along_rows: Vec<f32> = grid
        .chunks_exact(from * width)
        .flat_map(|row| mixed(&row.chunks_exact(width).collect::<Vec<_>>()))
        .collect();
    mixed(&along_rows.chunks_exact(to * width).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use safetensors::SafeTensors;

    use super::*;

    /// Numbers of PyTorch, written by `reference/make_reference.py`.
    const REFERENCE: &[u8] = include_bytes!("../tests/fixtures/reference.safetensors");

    #[test]
    fn resamples_positions_as_pytorch_does() -> Result<(), Box<dyn Error>> {
        let reference = SafeTensors::deserialize(REFERENCE)?;
        let floats = |name: &str| -> Result<Vec<f32>, Box<dyn Error>> {
            let (words, _) = reference.tensor(name)?.data().as_chunks::<4>();
            Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
        };
        let filters = [
            (PositionFilter::BicubicAntialias, "antialias"),
            (PositionFilter::Bicubic, "plain"),
        ];
        for (filter, name) in filters {
            for (from, to) in [(37, 16), (14, 16)] {
                let grid = floats(&format!("positions.{from}"))?;
                let expected = floats(&format!("positions.{from}.{to}.{name}"))?;
                let found = resampled(&grid, from, to, filter);
                assert_eq!(found.len(), expected.len());
                let differences = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
                let largest = differences.fold(0.0, f32::max);
                assert!(largest <= 1e-5, "{name} {from} to {to}: {largest}");
            }
        }
        Ok(())
    }
}
