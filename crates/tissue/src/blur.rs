use flow::Mpp;

/// Resolution, in um per pixel, beyond which pixels hide what the scanner's focus did: three quarters of
/// a pixel is what even a sharp edge seems to be smeared by.
pub const COARSEST_FOR_BLUR: f64 = 1.0;
/// Finer tiles are halved: their last pixels show the grain of the JPEG and no more tissue.
const FINEST_FOR_BLUR: f64 = 0.4;

/// How the blur of a tile is told.
#[derive(Clone, Copy, Debug, PartialEq)]
struct BlurRule {
    /// Deviation in pixels of the known blur that is added.
    added_px: f32,
    /// The pixels with the steepest gradient are the edges: this share of all.
    edge_share: f64,
    /// In grey levels per pixel. Where edges are fainter there is nothing to tell by.
    faintest_edge: f32,
}

const RULE: BlurRule = BlurRule {
    added_px: 2.0,
    edge_share: 0.05,
    faintest_edge: 3.0,
};

/// Measures by how much the edges in tiles of one size and resolution are smeared.
///
/// An edge that is blurred once more by a known amount loses the more of its gradient the sharper it
/// was: from the ratio R of both gradients follows the deviation of the blur it had, the added one divided
/// by the root of R^2 - 1. The stain and its strength cancel out in the ratio, and the result is a length. Elder and
/// Zucker, "Local scale control for edge detection and blur estimation", PAMI 1998; Zhuo and Sim,
/// "Defocus map estimation from a single image", Pattern Recognition 2011.
///
/// What scanner and tissue smear by themselves is in it: 0.2 to 0.5 um on slides in focus.
#[derive(Clone, Debug)]
pub struct BlurMeter {
    side: usize,
    /// How often tiles are halved first.
    n_halvings: u32,
    /// After that.
    mpp: f64,
    kernel: Vec<f32>,
}

impl BlurMeter {
    /// Of square tiles of `side` pixels. `None` where they are too coarse, or too small.
    pub fn new(side: u32, mpp: Mpp) -> Option<Self> {
        let (mut n_halvings, mut mpp) = (0, mpp.get());
        while mpp < FINEST_FOR_BLUR {
            (n_halvings, mpp) = (n_halvings + 1, mpp * 2.0);
        }
        let side = side as usize;
        let kernel = gaussian(RULE.added_px);
        let is_told = mpp <= COARSEST_FOR_BLUR && (side >> n_halvings) > 4 * kernel.len();
        is_told.then_some(Self {
            side,
            n_halvings,
            mpp,
            kernel,
        })
    }

    /// Deviation of the blur of a tile's edges, in micrometres; `pixels` is RGB, row by row. `None` where
    /// no edge is steep enough: bare glass, fat, mucus.
    pub fn blur_um(&self, pixels: &[u8]) -> Option<f32> {
        let mut plane = Plane::luminance(pixels, self.side);
        for _ in 0..self.n_halvings {
            plane = plane.halved();
        }
        let again = plane.blurred(&self.kernel);
        let margin = self.kernel.len() / 2 + 1;
        let steepness = plane.steepness(margin);
        let steepest = steepest(&steepness)?;
        // Of squares the median is the square of the median.
        let mut ratios: Vec<f32> = steepness
            .iter()
            .zip(again.steepness(margin))
            .filter(|(before, _)| **before >= steepest)
            .map(|(before, after)| before / after.max(f32::MIN_POSITIVE))
            .collect();
        let middle = ratios.len() / 2;
        let ratio = *ratios.select_nth_unstable_by(middle, f32::total_cmp).1;
        // Noise can make the ratio 1, and the blur endless.
        let blur_px = RULE.added_px / (ratio - 1.0).max(0.01).sqrt();
        Some(blur_px * self.mpp as f32)
    }
}

/// The steepness from which on a pixel counts as an edge, to one part in 128: the bits of a number that
/// is not negative are in the order of numbers, and to count them is quicker than to sort them.
fn steepest(steepness: &[f32]) -> Option<f32> {
    const COARSE_BITS: u32 = 16;
    let bin = |value: f32| value.to_bits() >> COARSE_BITS;
    let mut counts = vec![0_u32; 1 << (31 - COARSE_BITS)];
    for value in steepness {
        counts[bin(*value) as usize] += 1;
    }
    let wanted = (RULE.edge_share * steepness.len() as f64).ceil() as u32;
    let mut n_steeper = 0;
    let last = counts.iter().rposition(|count| {
        n_steeper += count;
        n_steeper >= wanted
    })?;
    let steepest = f32::from_bits((last as u32) << COARSE_BITS);
    let faintest = 4.0 * RULE.faintest_edge * RULE.faintest_edge;
    (steepest >= faintest).then_some(steepest)
}

/// Three deviations to either side; the weights sum to 1.
fn gaussian(deviation: f32) -> Vec<f32> {
    let reach = (3.0 * deviation).ceil() as i32;
    let weight = |k: i32| (-0.5 * (k as f32 / deviation).powi(2)).exp();
    let weights: Vec<f32> = (-reach..=reach).map(weight).collect();
    let sum: f32 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// A square picture in grey levels from 0 to 255.
struct Plane {
    side: usize,
    values: Vec<f32>,
}

impl Plane {
    /// ITU-R BT.601.
    fn luminance(pixels: &[u8], side: usize) -> Self {
        let grey = |pixel: &[u8; 3]| {
            let [r, g, b] = pixel.map(f32::from);
            0.299 * r + 0.587 * g + 0.114 * b
        };
        let (pixels, _) = pixels.as_chunks::<3>();
        Self {
            side,
            values: pixels.iter().map(grey).collect(),
        }
    }

    fn halved(&self) -> Self {
        let side = self.side / 2;
        let at = |x: usize, y: usize| self.values[y * self.side + x];
        let mean = |position: usize| {
            let (x, y) = (2 * (position % side), 2 * (position / side));
            (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0
        };
        Self {
            side,
            values: (0..side * side).map(mean).collect(),
        }
    }

    /// Rows, then columns; nearer to the border than half the kernel the values mean nothing.
    fn blurred(&self, kernel: &[f32]) -> Self {
        let side = self.side;
        let inner = side + 1 - kernel.len();
        let reach = kernel.len() / 2;
        let mut rows = vec![0.0; side * side];
        for (from, to) in self
            .values
            .chunks_exact(side)
            .zip(rows.chunks_exact_mut(side))
        {
            for (k, weight) in kernel.iter().enumerate() {
                add_scaled(&mut to[reach..reach + inner], &from[k..k + inner], *weight);
            }
        }
        let mut values = vec![0.0; side * side];
        for y in reach..reach + inner {
            let to = &mut values[y * side..(y + 1) * side];
            for (k, weight) in kernel.iter().enumerate() {
                let line = (y + k - reach) * side;
                add_scaled(to, &rows[line..line + side], *weight);
            }
        }
        Self { side, values }
    }

    /// Of each pixel but a border of `margin`, the square of twice its gradient by central differences.
    fn steepness(&self, margin: usize) -> Vec<f32> {
        let (side, n) = (self.side, self.side - 2 * margin);
        let mut steepness = Vec::with_capacity(n * n);
        for y in margin..side - margin {
            let line = |x: usize, y: usize| &self.values[y * side + x..][..n];
            let (left, right) = (line(margin - 1, y), line(margin + 1, y));
            let (above, below) = (line(margin, y - 1), line(margin, y + 1));
            steepness.extend((0..n).map(|at| {
                let (across, down) = (right[at] - left[at], below[at] - above[at]);
                across * across + down * down
            }));
        }
        steepness
    }
}

fn add_scaled(to: &mut [f32], from: &[f32], weight: f32) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += weight * from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 224;

    fn meter(mpp: f64) -> BlurMeter {
        BlurMeter::new(SIDE as u32, Mpp::new(mpp).expect("an mpp")).expect("a meter")
    }

    /// Discs of this contrast, their edges smeared by `blur_px`.
    fn discs(blur_px: f32, contrast: f32) -> Vec<u8> {
        let grey = |position: usize| {
            let (x, y) = ((position % SIDE) as f32, (position / SIDE) as f32);
            let to_centre = (x % 28.0 - 14.0).hypot(y % 28.0 - 14.0);
            let inside = 1.0 / (1.0 + (1.7 * (to_centre - 7.0) / blur_px).exp());
            (235.0 - contrast * inside).round() as u8
        };
        (0..SIDE * SIDE).flat_map(|at| [grey(at); 3]).collect()
    }

    #[test]
    fn the_blur_of_an_edge_is_found_whatever_its_contrast() {
        for blur_px in [1.0_f32, 2.0, 3.0] {
            for contrast in [60.0, 150.0] {
                let found = meter(0.5)
                    .blur_um(&discs(blur_px, contrast))
                    .expect("edges");
                let off = found / (0.5 * blur_px);
                assert!((0.75..1.35).contains(&off), "{blur_px} px: {found} um");
            }
        }
    }

    #[test]
    fn a_finer_tile_has_the_blur_it_has_on_the_glass() {
        let (coarse, fine) = (meter(0.5), meter(0.25));
        let at_half = coarse.blur_um(&discs(2.0, 150.0)).expect("edges");
        let at_quarter = fine.blur_um(&discs(4.0, 150.0)).expect("edges");
        assert!(
            (at_half - at_quarter).abs() < 0.25,
            "{at_half} {at_quarter}"
        );
    }

    #[test]
    fn where_there_are_no_edges_nothing_is_told() {
        assert_eq!(meter(0.5).blur_um(&[240; 3 * SIDE * SIDE]), None);
        assert_eq!(meter(0.5).blur_um(&discs(2.0, 4.0)), None);
    }

    #[test]
    fn too_coarse_and_too_small_tiles_are_not_measured() {
        let of = |side, mpp| BlurMeter::new(side, Mpp::new(mpp).expect("an mpp"));
        assert!(of(224, 1.0).is_some() && of(224, 1.01).is_none());
        assert!(of(32, 0.5).is_none() && of(112, 0.25).is_some());
        assert!(of(100, 0.25).is_none());
    }
}
