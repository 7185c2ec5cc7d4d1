use super::Overview;
use super::smooth::smoothed;
use super::threshold::Thresholds;

/// Tissue is never fainter than this on clean glass.
const FAINTEST: f32 = 0.02;
/// Nor is glass ever so noisy that more than this is noise.
const NOISIEST: f32 = 0.045;

/// The light that each pixel absorbs, on the slide smoothed a little.
pub(super) struct Stain {
    smooth: Vec<u8>,
    /// Absorbance (natural logarithm) of every 8-bit value, for each channel.
    absorbance: [[f32; 256]; 3],
}

impl Stain {
    pub(super) fn measure(overview: &Overview, glass: [f32; 3]) -> Self {
        let absorbance = glass.map(|clear| {
            std::array::from_fn(|value| (clear.max(1.0) / (value as f32).max(1.0)).ln())
        });
        Self {
            smooth: smoothed(overview),
            absorbance,
        }
    }

    /// Absorbance in red, green and blue; negative where it is lighter than glass.
    pub(super) fn absorbance(&self, position: usize) -> [f32; 3] {
        let pixel = &self.smooth[position * 3..position * 3 + 3];
        [0, 1, 2].map(|channel| self.absorbance[channel][usize::from(pixel[channel])])
    }

    /// That of a pixel which is not smoothed; never negative.
    pub(super) fn sharp_absorbance(&self, pixel: [u8; 3]) -> [f32; 3] {
        [0, 1, 2].map(|channel| self.absorbance[channel][usize::from(pixel[channel])].max(0.0))
    }

    /// Mean of red, green and blue, from 0 to 255.
    pub(super) fn brightness(&self, position: usize) -> f32 {
        let pixel = &self.smooth[position * 3..position * 3 + 3];
        pixel.iter().map(|value| f32::from(*value)).sum::<f32>() / 3.0
    }

    /// Whether all colours are absorbed nearly alike, as by dust and the edges of glass. The stains
    /// of histology all have a colour.
    pub(super) fn is_grey(&self, position: usize) -> bool {
        let absorbance = self.absorbance(position);
        chroma(absorbance) < 0.35 * mean(absorbance)
    }

    /// How far each pixel is from glass. Colour counts more than grey: shadows and uneven light are
    /// grey, the faintest eosin is not.
    pub(super) fn strength(&self) -> Vec<f32> {
        (0..self.smooth.len() / 3)
            .map(|position| {
                let absorbance = self.absorbance(position);
                0.5 * mean(absorbance) + chroma(absorbance)
            })
            .collect()
    }

    /// Thresholds for [`Self::strength`] above the noise of this slide's glass.
    pub(super) fn thresholds(&self) -> Thresholds {
        let low = (4.0 * self.noise()).clamp(FAINTEST, NOISIEST);
        Thresholds {
            low,
            high: 2.0 * low,
        }
    }

    /// What is a little lighter than glass is glass with noise, whatever lies on the rest.
    fn noise(&self) -> f32 {
        let mut lighter: Vec<f32> = (0..self.smooth.len() / 3)
            .map(|position| -mean(self.absorbance(position)))
            .filter(|lighter| (0.0..0.04).contains(lighter))
            .collect();
        let middle = lighter.len() / 2;
        if lighter.is_empty() {
            return 0.0;
        }
        // The median distance of a normal distribution is 0.6745 standard deviations.
        *lighter.select_nth_unstable_by(middle, f32::total_cmp).1 / 0.6745
    }
}

fn mean([r, g, b]: [f32; 3]) -> f32 {
    (r + g + b) / 3.0
}

fn chroma([r, g, b]: [f32; 3]) -> f32 {
    r.max(g).max(b) - r.min(g).min(b)
}
