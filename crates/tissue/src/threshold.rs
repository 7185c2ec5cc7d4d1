use flow::PixelSize;

use super::bitmap::Bitmap;

/// What tissue reaches everywhere (`low`) and somewhere (`high`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Thresholds {
    pub(super) low: f32,
    pub(super) high: f32,
}

/// Every connected region above `low` that somewhere is above `high`.
pub(super) fn hysteresis(strength: &[f32], size: PixelSize, thresholds: Thresholds) -> Bitmap {
    let above = Bitmap::from_fn(size, |position| strength[position] > thresholds.low);
    let labels = super::components::label(&above);
    let mut is_kept = vec![false; labels.n_components + 1];
    for (label, strength) in labels.of_pixel.iter().zip(strength) {
        is_kept[*label as usize] |= *strength > thresholds.high;
    }
    labels.select(|label| is_kept[label as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faint_region_needs_a_stronger_place() {
        let strength = [0.0, 0.3, 0.6, 0.3, 0.0, 0.3, 0.3, 0.0];
        let thresholds = Thresholds {
            low: 0.2,
            high: 0.5,
        };
        let found = hysteresis(&strength, PixelSize::new(8, 1), thresholds);
        let kept = [false, true, true, true, false, false, false, false];
        assert_eq!(found.bits, kept);
    }
}
