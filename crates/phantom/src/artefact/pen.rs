use crate::draw::{Draws, Seed};
use crate::frame::Frame;
use crate::layout::Layout;
use crate::noise::{fractal, smooth_step};
use crate::paint::RgbPixels;
use crate::point::Point;

/// A stroke of felt-tip pen on the coverslip, along the edge of the tissue.
#[derive(Clone, Debug)]
pub(crate) struct Pen {
    seed: Seed,
    points: Vec<Point>,
    half_width: f32,
    /// Share of red, green and blue that passes the ink.
    ink: [f32; 3],
}

const INKS: [[f32; 3]; 4] = [
    [0.16, 0.26, 0.66],
    [0.12, 0.52, 0.36],
    [0.13, 0.13, 0.16],
    [0.74, 0.15, 0.2],
];

impl Pen {
    /// On about every third slide.
    pub(crate) fn new(seed: Seed, layout: &Layout, side: f32) -> Option<Self> {
        let mut draws = seed.draws();
        if !draws.chance(0.35) {
            return None;
        }
        let points = stroke(&mut draws, layout, side);
        Some(Self {
            seed,
            points,
            half_width: (0.014 * side).clamp(8.0, 170.0) * draws.range(0.7, 1.3),
            ink: INKS[draws.below(INKS.len())],
        })
    }

    pub(crate) fn covers(&self, p: Point) -> bool {
        self.cover(p) > 0.3
    }

    /// Lays the ink over a finished picture.
    pub(crate) fn draw(&self, picture: &mut RgbPixels, frame: &Frame) {
        let area = frame.area();
        let middle = (area.low + area.high) * 0.5;
        let reach = (area.high - area.low).length() * 0.5;
        if self.distance(middle) > reach + 1.5 * self.half_width {
            return;
        }
        for row in 0..frame.height {
            for column in 0..frame.width {
                let p = Point::new(frame.x_um(column), frame.y_um(row));
                let cover = self.cover(p);
                if cover > 0.0 {
                    picture.tint(row * frame.width + column, self.ink, cover);
                }
            }
        }
    }

    /// How much ink lies at `p`, 0 to 1: denser at the rim of the stroke, streaky within.
    fn cover(&self, p: Point) -> f32 {
        let distance = self.distance(p);
        if distance > 1.4 * self.half_width {
            return 0.0;
        }
        let ragged = 0.07 * self.half_width * fractal(self.seed, p, 0.35 * self.half_width, 3);
        let inside = self.half_width - distance + ragged;
        let body = smooth_step(-3.0, 3.0, inside);
        let rim = smooth_step(0.22 * self.half_width, 0.0, inside);
        let streaks = fractal(self.seed.branch(1), p, 0.6 * self.half_width, 3);
        body * (0.78 + 0.14 * rim + 0.14 * streaks).clamp(0.0, 1.0)
    }

    fn distance(&self, p: Point) -> f32 {
        self.points
            .windows(2)
            .map(|ends| to_segment(p, ends[0], ends[1]))
            .fold(f32::MAX, f32::min)
    }
}

/// A curve that follows the outline of the tissue for a while.
fn stroke(draws: &mut Draws, layout: &Layout, side: f32) -> Vec<Point> {
    let centre = Point::new(0.5, 0.5) * side;
    let (start, sweep) = (draws.angle(), draws.range(0.5, 1.1));
    let away = draws.range(-0.012, 0.02) * side;
    (0..=16)
        .map(|k| {
            let spoke = Point::towards(start + sweep * k as f32 / 16.0);
            let wobble = draws.normal() * 0.002 * side;
            centre + spoke * (outline(layout, centre, spoke, side) + away + wobble)
        })
        .collect()
}

/// Distance from `centre` to the last tissue along `spoke`.
fn outline(layout: &Layout, centre: Point, spoke: Point, side: f32) -> f32 {
    (0..48)
        .rev()
        .map(|step| step as f32 / 48.0 * 0.5 * side)
        .find(|distance| layout.depth(centre + spoke * *distance) > 0.0)
        .unwrap_or(0.3 * side)
        .max(0.15 * side)
}

fn to_segment(p: Point, a: Point, b: Point) -> f32 {
    let (to_p, to_b) = (p - a, b - a);
    let length_squared = to_b.x * to_b.x + to_b.y * to_b.y;
    let share = (to_p.x * to_b.x + to_p.y * to_b.y) / length_squared.max(1e-6);
    (to_p - to_b * share.clamp(0.0, 1.0)).length()
}
