use rand::{Rng, RngExt};

use super::{Augmentation, LabelledTile};

/// A varied copy of `tile` (of `side` pixels); its patches turn with it.
pub(super) fn augmented(
    tile: &LabelledTile,
    side: usize,
    augmentation: &Augmentation,
    random: &mut impl Rng,
) -> LabelledTile {
    let pose = Pose::draw(random);
    let n_patches = tile.patches.len().isqrt();
    let mut pixels = pose.apply(tile.pixels.as_chunks::<3>().0, side);
    if random.random_bool(augmentation.blur) {
        pixels = blurred(&pixels, side);
    }
    let colours = Colours::draw(augmentation, random);
    LabelledTile {
        pixels: pixels
            .into_iter()
            .flat_map(|pixel| colours.apply(pixel))
            .collect(),
        shares: tile.shares.clone(),
        patches: pose.apply(&tile.patches, n_patches),
    }
}

/// One of the eight ways to lay a square on itself.
#[derive(Clone, Copy, Debug)]
struct Pose(u8);

impl Pose {
    fn draw(random: &mut impl Rng) -> Self {
        Self(random.random_range(0..8))
    }

    fn apply<T: Copy>(self, cells: &[T], side: usize) -> Vec<T> {
        let last = side - 1;
        let source = |at: usize| {
            let (mut row, mut column) = (at / side, at % side);
            if self.0 & 1 != 0 {
                column = last - column;
            }
            if self.0 & 2 != 0 {
                row = last - row;
            }
            if self.0 & 4 != 0 {
                (row, column) = (column, row);
            }
            cells[row * side + column]
        };
        (0..side * side).map(source).collect()
    }
}

/// What every byte of each channel becomes.
struct Colours([[u8; 256]; 3]);

impl Colours {
    fn draw(augmentation: &Augmentation, random: &mut impl Rng) -> Self {
        let mut around_one = |spread: f32| 1.0 + spread * random.random_range(-1.0_f32..=1.0);
        let brightness = around_one(augmentation.brightness);
        // The power of the transmitted light is the factor of the optical density (Beer-Lambert).
        let densities = [(); 3].map(|()| around_one(augmentation.stain));
        Self(densities.map(|density| {
            std::array::from_fn(|byte| {
                let light = (byte as f32 / 255.0).powf(density) * brightness;
                (255.0 * light).round() as u8
            })
        }))
    }

    fn apply(&self, pixel: [u8; 3]) -> [u8; 3] {
        std::array::from_fn(|channel| self.0[channel][usize::from(pixel[channel])])
    }
}

/// Each pixel as the mean of itself and its four neighbours.
fn blurred(pixels: &[[u8; 3]], side: usize) -> Vec<[u8; 3]> {
    let last = side - 1;
    let around = |at: usize| {
        let (row, column) = (at / side, at % side);
        let near = [
            at,
            row.saturating_sub(1) * side + column,
            (row + 1).min(last) * side + column,
            row * side + column.saturating_sub(1),
            row * side + (column + 1).min(last),
        ];
        let mean = |channel: usize| {
            let sum: u16 = near.iter().map(|&n| u16::from(pixels[n][channel])).sum();
            (sum / near.len() as u16) as u8
        };
        std::array::from_fn(mean)
    };
    (0..pixels.len()).map(around).collect()
}

#[cfg(test)]
mod tests {
    use parameters::{Seed, seeded};

    use super::*;

    const NONE: Augmentation = Augmentation {
        stain: 0.0,
        brightness: 0.0,
        blur: 0.0,
    };

    /// A tile of 2 x 2 patches of 2 x 2 pixels, each pixel telling its patch.
    fn tile() -> LabelledTile {
        let patch_of = |at: usize| (at / 8 * 2 + at % 4 / 2) as u8;
        LabelledTile {
            pixels: (0..16).flat_map(|at| [10 * patch_of(at); 3]).collect(),
            shares: vec![1.0],
            patches: vec![0, 1, 2, 3],
        }
    }

    #[test]
    fn patches_turn_with_their_pixels() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..64 {
            let turned = augmented(&tile(), 4, &NONE, &mut seeded(Seed(seed), 0));
            let corner = |row: usize, column: usize| turned.pixels[3 * (row * 4 + column)] / 10;
            let corners = vec![corner(0, 0), corner(0, 3), corner(3, 0), corner(3, 3)];
            assert_eq!(turned.patches, corners);
            seen.insert(corners);
        }
        assert_eq!(seen.len(), 8);
    }

    #[test]
    fn colours_and_blur_change_pixels_only() {
        let strong = Augmentation {
            stain: 0.3,
            brightness: 0.1,
            blur: 1.0,
        };
        let varied = augmented(&tile(), 4, &strong, &mut seeded(Seed(1), 0));
        assert_ne!(varied.pixels, tile().pixels);
        assert_eq!(varied.pixels.len(), tile().pixels.len());
        assert_eq!(varied.shares, tile().shares);
        let even = vec![[7, 8, 9]; 16];
        assert_eq!(blurred(&even, 4), even);
    }
}
