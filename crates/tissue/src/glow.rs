use super::Overview;
use super::smooth::smoothed;
use super::threshold::Thresholds;

/// Grey levels above the ground that count as glow on a camera without noise, and on the noisiest.
const FAINTEST: f32 = 5.0;
const NOISIEST: f32 = 12.0;

/// How far each pixel of a fluorescence slide is above the ground, in grey levels of its brightest
/// channel, and the thresholds that go with it.
pub(super) fn measure(overview: &Overview, ground: [f32; 3]) -> (Vec<f32>, Thresholds) {
    let smooth = smoothed(overview);
    let strength: Vec<f32> = smooth
        .chunks_exact(3)
        .map(|pixel| brightest(pixel, ground))
        .collect();
    let low = (2.5 * noise(overview, &strength, ground)).clamp(FAINTEST, NOISIEST);
    let thresholds = Thresholds {
        low,
        high: 2.0 * low,
    };
    (strength, thresholds)
}

fn brightest(pixel: &[u8], ground: [f32; 3]) -> f32 {
    let above = |(value, ground): (&u8, f32)| f32::from(*value) - ground;
    pixel.iter().zip(ground).map(above).fold(0.0, f32::max)
}

/// Standard deviation of the camera's noise, seen where the slide is darkest.
fn noise(overview: &Overview, strength: &[f32], ground: [f32; 3]) -> f32 {
    let mut order: Vec<f32> = strength.to_vec();
    let tenth = order.len() / 10;
    if tenth == 0 {
        return 0.0;
    }
    let darkest = *order.select_nth_unstable_by(tenth, f32::total_cmp).1;
    let mut differences: Vec<f32> = strength
        .iter()
        .zip(overview.rgb.chunks_exact(3))
        .filter(|(strength, _)| **strength <= darkest)
        .map(|(strength, pixel)| (brightest(pixel, ground) - strength).abs())
        .collect();
    let middle = differences.len() / 2;
    *differences.select_nth_unstable_by(middle, f32::total_cmp).1 / 0.6745
}
