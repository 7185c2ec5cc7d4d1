use crate::draw::Seed;
use crate::frame::Frame;
use crate::noise::smooth_step;
use crate::paint::RgbPixels;
use crate::point::{Area, Point};

/// Places the scanner did not hold in focus.
#[derive(Clone, Debug)]
pub(crate) struct Focus {
    spots: Vec<Spot>,
}

#[derive(Clone, Copy, Debug)]
struct Spot {
    centre: Point,
    radius: f32,
    /// Deviation of the blur in the middle, micrometres.
    blur: f32,
}

/// The strongest blur, as the reach of its kernel in micrometres.
pub(crate) const BLUR_REACH: f32 = 4.0;

impl Focus {
    /// Two of five slides have a blurred place or two.
    pub(crate) fn new(seed: Seed, side: f32) -> Self {
        let mut draws = seed.draws();
        let n_spots = [0, 0, 0, 1, 2][draws.below(5)];
        let spots = (0..n_spots)
            .map(|_| Spot {
                centre: Point::new(draws.range(0.2, 0.8), draws.range(0.2, 0.8)) * side,
                radius: draws.range(0.06, 0.13) * side,
                blur: draws.range(0.6, 1.6),
            })
            .collect();
        Self { spots }
    }

    pub(crate) fn is_sharp(&self, area: Area) -> bool {
        !self
            .spots
            .iter()
            .any(|spot| area.touches_disc(spot.centre, spot.radius))
    }

    /// Deviation of the blur at `p`, micrometres.
    pub(crate) fn blur(&self, p: Point) -> f32 {
        self.spots
            .iter()
            .map(|spot| {
                spot.blur * smooth_step(spot.radius, 0.4 * spot.radius, (p - spot.centre).length())
            })
            .fold(0.0, f32::max)
    }

    /// Blurs the middle of `wide`, which shows `margin` more pixels than `frame` on each side.
    pub(crate) fn soften(&self, wide: &RgbPixels, margin: usize, frame: &Frame) -> RgbPixels {
        // Between these two the blur is interpolated.
        let soft = gaussian(wide, 0.5 * STRONG / frame.mpp);
        let softer = gaussian(wide, STRONG / frame.mpp);
        let mut out = RgbPixels::new(frame.width, frame.height);
        for row in 0..frame.height {
            for column in 0..frame.width {
                let at = 3 * ((row + margin) * wide.size.width as usize + column + margin);
                let share = self.blur(Point::new(frame.x_um(column), frame.y_um(row))) / STRONG;
                let (near, far, t) = if share < 0.5 {
                    (&wide.pixels, &soft, 2.0 * share)
                } else {
                    (&soft, &softer, (2.0 * share - 1.0).min(1.0))
                };
                let to = 3 * (row * frame.width + column);
                for channel in 0..3 {
                    let (a, b) = (f32::from(near[at + channel]), f32::from(far[at + channel]));
                    out.pixels[to + channel] = (a + (b - a) * t + 0.5) as u8;
                }
            }
        }
        out
    }
}

/// Deviation of the strongest blur, micrometres.
const STRONG: f32 = 1.6;

/// Gaussian blur, rows then columns; the outermost pixels are repeated.
fn gaussian(image: &RgbPixels, deviation: f32) -> Vec<u8> {
    let kernel = kernel(deviation);
    let (width, height) = (image.size.width as usize, image.size.height as usize);
    let rows = convolve(&image.pixels, &kernel, (3, width), (3 * width, height));
    convolve(&rows, &kernel, (3 * width, height), (3, width))
}

fn kernel(deviation: f32) -> Vec<f32> {
    let reach = (2.5 * deviation).ceil() as i32;
    let weights: Vec<f32> = (-reach..=reach)
        .map(|k| (-0.5 * (k as f32 / deviation).powi(2)).exp())
        .collect();
    let sum: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Convolves along one direction, given as (stride, count), for every line of the `other`.
fn convolve(
    pixels: &[u8],
    kernel: &[f32],
    along: (usize, usize),
    other: (usize, usize),
) -> Vec<u8> {
    let reach = (kernel.len() / 2) as i64;
    let mut out = vec![0; pixels.len()];
    for line in 0..other.1 {
        for place in 0..along.1 {
            let mut sums = [0.5f32; 3];
            for (weight, k) in kernel.iter().zip(-reach..) {
                let from = (place as i64 + k).clamp(0, along.1 as i64 - 1) as usize;
                let at = line * other.0 + from * along.0;
                for (sum, value) in sums.iter_mut().zip(&pixels[at..at + 3]) {
                    *sum += weight * f32::from(*value);
                }
            }
            let to = line * other.0 + place * along.0;
            for (value, sum) in out[to..to + 3].iter_mut().zip(sums) {
                *value = sum as u8;
            }
        }
    }
    out
}
