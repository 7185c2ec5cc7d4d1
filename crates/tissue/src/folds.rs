use flow::TissueMask;

use super::Overview;
use super::bitmap::Bitmap;
use super::components::label;
use super::elongation::extents;
use super::stain::Stain;

/// What a fold is, measured against the slide's own tissue.
///
/// A fold is tissue that lies double: about twice as dark as the same tissue beside it, and drawn
/// out. Darkness alone would find dense nuclei and blood, so that each hue is compared with its own
/// kind. Folds as what is dark and saturated for its slide: Palokangas et al., "Segmentation of
/// folds in tissue section images", EMBC 2007; Kothari et al., "Eliminating tissue-fold artifacts in
/// histopathological whole-slide images", 2013; HistoQC, Janowczyk et al., JCO CCI 2019.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FoldRule {
    /// All of a fold is this many times darker than the median of its hue, and this many (robust)
    /// standard deviations of the logarithm above it.
    low: Darker,
    /// And some of it this many.
    high: Darker,
    shortest_um: f64,
    /// Length to width.
    least_elongation: f64,
    /// Of the mean width.
    widest_um: f64,
    /// Of it, how much is as dark as `high`.
    least_dark_share: f64,
    fewest_dark_pixels: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Darker {
    times: f32,
    deviations: f32,
}

impl FoldRule {
    pub(super) const DEFAULT: Self = Self {
        low: Darker {
            times: 1.35,
            deviations: 1.2,
        },
        high: Darker {
            times: 1.7,
            deviations: 2.0,
        },
        shortest_um: 80.0,
        least_elongation: 2.0,
        widest_um: 60.0,
        least_dark_share: 0.15,
        fewest_dark_pixels: 3,
    };
}

/// Fainter pixels are lumina and fat.
const FAINTEST: f32 = 0.12;
/// Hues are told apart by how much red they absorb against green: eosin little, haematoxylin nearly
/// as much.
const HUE_EDGES: [f32; 5] = [0.25, 0.4, 0.55, 0.7, 0.85];
const N_HUES: usize = HUE_EDGES.len() + 1;
/// A hue with fewer pixels says nothing about what is usual for it.
const FEWEST_OF_A_HUE: usize = 100;

/// Drawn-out pieces of tissue that are far darker than is usual for their hue on this slide.
pub(super) fn find(
    overview: &Overview,
    stain: &Stain,
    tissue: &TissueMask,
    rule: &FoldRule,
) -> Bitmap {
    let looks = looks(overview, stain, tissue);
    let usual = usual(&looks);
    let above = |look: &Option<Look>, darker: Darker| {
        look.is_some_and(|look| {
            usual[usize::from(look.hue)].is_some_and(|usual| usual.exceeded(look, darker))
        })
    };
    let dark = Bitmap::from_fn(overview.size, |position| above(&looks[position], rule.low));
    let labels = label(&dark);
    let areas = labels.areas();
    let n_dark = labels.sum(|position| usize::from(above(&looks[position], rule.high)));
    let extents = extents(&labels, overview.size.width as usize);
    let um = overview.um_per_pixel;
    labels.select(|piece| {
        let piece = piece as usize;
        let (extent, area) = (extents[piece], areas[piece] as f64);
        extent.length * um >= rule.shortest_um
            && extent.length >= rule.least_elongation * extent.width
            && area / extent.length * um <= rule.widest_um
            && n_dark[piece] >= rule.fewest_dark_pixels
            && n_dark[piece] as f64 >= rule.least_dark_share * area
    })
}

/// Hue and darkness of a pixel of tissue.
#[derive(Clone, Copy)]
struct Look {
    hue: u8,
    /// Natural logarithm of the mean absorbance.
    log_darkness: f32,
}

fn looks(overview: &Overview, stain: &Stain, tissue: &TissueMask) -> Vec<Option<Look>> {
    let width = overview.size.width as usize;
    let cell = |pixel: usize| {
        ((pixel as f64 + 0.5) * overview.um_per_pixel / tissue.cell_um()).floor() as u32
    };
    let look = |position: usize| {
        if !tissue.is_tissue(cell(position % width), cell(position / width)) {
            return None;
        }
        let [r, g, b] = stain.sharp_absorbance(overview.pixel(position));
        let darkness = (r + g + b) / 3.0;
        (darkness > FAINTEST).then(|| Look {
            hue: HUE_EDGES.partition_point(|edge| *edge <= r / g.max(1e-3)) as u8,
            log_darkness: darkness.ln(),
        })
    };
    (0..overview.n_pixels()).map(look).collect()
}

/// What is usual for a hue on a slide.
#[derive(Clone, Copy)]
struct Usual {
    median: f32,
    /// From the upper quartile: below the median lies what is partly glass.
    deviation: f32,
}

impl Usual {
    fn exceeded(self, look: Look, darker: Darker) -> bool {
        let above = (darker.deviations * self.deviation).max(darker.times.ln());
        look.log_darkness > self.median + above
    }
}

fn usual(looks: &[Option<Look>]) -> [Option<Usual>; N_HUES] {
    std::array::from_fn(|hue| {
        let of_hue = looks
            .iter()
            .flatten()
            .filter(|look| usize::from(look.hue) == hue);
        let mut sorted: Vec<f32> = of_hue.map(|look| look.log_darkness).collect();
        if sorted.len() < FEWEST_OF_A_HUE {
            return None;
        }
        sorted.sort_by(f32::total_cmp);
        let (median, upper) = (sorted[sorted.len() / 2], sorted[sorted.len() * 3 / 4]);
        Some(Usual {
            median,
            // The upper quartile of a normal distribution is 0.6745 standard deviations up.
            deviation: (upper - median) / 0.6745,
        })
    })
}
