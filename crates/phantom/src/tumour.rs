//! Where in the tissue there is tumour: a few blobs that together fill the wanted share.

use crate::draw::Seed;
use crate::layout::Layout;
use crate::noise;
use crate::point::Point;

/// Sample points along a side of the square in which an area is measured.
const SAMPLES: usize = 320;

/// The tumour of one slide.
#[derive(Clone, Debug)]
pub(crate) struct Tumour {
    seed: Seed,
    foci: Vec<Focus>,
    /// Typical radius of a focus, micrometres.
    radius: f32,
    /// The field value at the tumour's outline.
    threshold: f32,
}

#[derive(Clone, Copy, Debug)]
struct Focus {
    centre: Point,
    /// Radius relative to the others.
    weight: f32,
}

impl Tumour {
    /// Grows foci in the tissue until they fill `fraction` of it; `None` for none.
    pub(crate) fn grow(seed: Seed, layout: &Layout, side: f32, fraction: f64) -> Option<Self> {
        if fraction <= 0.0 {
            return None;
        }
        let whole = Square {
            corner: Point::default(),
            side,
        };
        let tissue: Vec<Point> = whole.points().filter(|p| layout.depth(*p) > 0.0).collect();
        let wanted = fraction as f32 * tissue.len() as f32 * whole.share();
        let foci = plant(seed, layout, &tissue);
        let radius = (wanted / (foci.len() as f32 * std::f32::consts::PI)).sqrt();
        let mut tumour = Self {
            seed: seed.branch(1),
            foci,
            radius,
            threshold: 0.0,
        };
        tumour.threshold = tumour.find_threshold(layout, side, wanted);
        Some(tumour)
    }

    /// How deep `p` lies in the tumour, in about micrometres; negative outside.
    pub(crate) fn depth(&self, p: Point) -> f32 {
        self.field(p) - self.threshold
    }

    fn field(&self, p: Point) -> f32 {
        let bent = p + noise::wander(self.seed, p, 1.2 * self.radius) * (0.4 * self.radius);
        let ragged = noise::fractal(self.seed.branch(1), p, 0.3 * self.radius, 3);
        let focus = self
            .foci
            .iter()
            .map(|focus| focus.weight * self.radius - (bent - focus.centre).length())
            .fold(f32::MIN, f32::max);
        focus + 0.13 * self.radius * ragged
    }

    /// The field value that `wanted` square micrometres of tissue exceed.
    fn find_threshold(&self, layout: &Layout, side: f32, wanted: f32) -> f32 {
        let square = self.surroundings(side);
        let mut values: Vec<f32> = square
            .points()
            .filter(|p| p.x < side && p.y < side && layout.depth(*p) > 0.0)
            .map(|p| self.field(p))
            .collect();
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        let rank = (wanted / square.share()) as usize;
        values.get(rank).or(values.last()).copied().unwrap_or(0.0)
    }

    /// The part of the slide that the foci could fill.
    fn surroundings(&self, side: f32) -> Square {
        let reach = 3.0 * self.radius;
        let ends = |place: fn(&Focus) -> f32| {
            let places = self.foci.iter().map(place);
            let low = places.clone().fold(f32::MAX, f32::min) - reach;
            let high = places.fold(f32::MIN, f32::max) + reach;
            (low.max(0.0), high.min(side))
        };
        let (left, right) = ends(|focus| focus.centre.x);
        let (top, bottom) = ends(|focus| focus.centre.y);
        Square {
            corner: Point::new(left, top),
            side: (right - left).max(bottom - top),
        }
    }
}

/// Chooses one to three places well inside the tissue.
fn plant(seed: Seed, layout: &Layout, tissue: &[Point]) -> Vec<Focus> {
    let mut draws = seed.draws();
    let n_foci = 1 + draws.below(3);
    (0..n_foci)
        .filter_map(|_| {
            let weight = draws.range(0.7, 1.3);
            (0..6)
                .filter_map(|_| tissue.get(draws.below(tissue.len())))
                .max_by(|a, b| layout.depth(**a).total_cmp(&layout.depth(**b)))
                .map(|centre| Focus {
                    centre: *centre,
                    weight,
                })
        })
        .collect()
}

/// A square of the glass on which areas are measured by counting points.
#[derive(Clone, Copy)]
struct Square {
    corner: Point,
    side: f32,
}

impl Square {
    fn points(self) -> impl Iterator<Item = Point> {
        let step = self.side / SAMPLES as f32;
        (0..SAMPLES * SAMPLES).map(move |k| {
            let (column, row) = (k % SAMPLES, k / SAMPLES);
            self.corner + Point::new(column as f32 + 0.5, row as f32 + 0.5) * step
        })
    }

    /// Square micrometres that one point stands for.
    fn share(self) -> f32 {
        (self.side / SAMPLES as f32).powi(2)
    }
}
