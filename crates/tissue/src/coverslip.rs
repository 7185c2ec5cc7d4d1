use flow::PixelSize;

use super::Overview;
use super::bitmap::Bitmap;
use super::stain::Stain;

/// An edge of a coverslip is thinner than this, ...
const THICKNESS_UM: f64 = 80.0;
/// ... straight to within this on either side, ...
const STRAY_UM: f64 = 24.0;
/// ... and at least this long, with gaps no longer than `GAP_UM`.
const LENGTH_UM: f64 = 2_000.0;
const GAP_UM: f64 = 100.0;
/// A picture of a slide shows at most two coverslips.
const MAX_EDGES: usize = 8;
const N_ANGLES: u32 = 360;

/// Clears the edges of coverslips: long, thin, straight and grey.
pub(super) fn remove_edges(tissue: &mut Bitmap, stain: &Stain, overview: &Overview) {
    let mut thin = tissue.clone();
    thin.remove(&tissue.open(overview.pixels(THICKNESS_UM / 2.0)));
    let mut pixels: Vec<Point> = (0..thin.bits.len())
        .filter(|&position| thin.bits[position] && stain.is_grey(position))
        .map(|position| Point::at(position, tissue.size))
        .collect();
    for _ in 0..MAX_EDGES {
        let Some(edge) = longest_run(&pixels, overview) else {
            return;
        };
        for point in &edge {
            tissue.bits[point.position] = false;
        }
        pixels.retain(|point| !edge.contains(point));
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Point {
    position: usize,
    x: f32,
    y: f32,
}

impl Point {
    fn at(position: usize, size: PixelSize) -> Self {
        let width = size.width as usize;
        Self {
            position,
            x: (position % width) as f32,
            y: (position / width) as f32,
        }
    }
}

/// All points at `distance` from the origin along the direction (`cos`, `sin`).
#[derive(Clone, Copy)]
struct Line {
    cos: f32,
    sin: f32,
    distance: f32,
}

impl Line {
    fn new(angle: u32, distance: f32) -> Self {
        let (sin, cos) = (std::f32::consts::PI * angle as f32 / N_ANGLES as f32).sin_cos();
        Self { cos, sin, distance }
    }

    fn offset(&self, point: &Point) -> f32 {
        point.x * self.cos + point.y * self.sin - self.distance
    }

    fn along(&self, point: &Point) -> f32 {
        point.y * self.cos - point.x * self.sin
    }
}

/// The points of the line with most points, if enough of them follow closely enough.
fn longest_run(points: &[Point], overview: &Overview) -> Option<Vec<Point>> {
    let min_length = overview.pixels(LENGTH_UM) as f32;
    let stray = overview.pixels(STRAY_UM) as f32;
    let line = strongest_line(points, overview.size, min_length as u32)?;
    let mut on_line: Vec<Point> = points
        .iter()
        .copied()
        .filter(|point| line.offset(point).abs() <= stray)
        .collect();
    on_line.sort_by(|a, b| line.along(a).total_cmp(&line.along(b)));
    let gap = overview.pixels(GAP_UM) as f32;
    let runs = on_line.chunk_by(|a, b| line.along(b) - line.along(a) <= gap);
    let length = |run: &[Point]| match run {
        [first, .., last] => line.along(last) - line.along(first),
        _ => 0.0,
    };
    runs.max_by(|a, b| length(a).total_cmp(&length(b)))
        .filter(|run| length(run) >= min_length)
        .map(<[Point]>::to_vec)
}

/// Hough's transform: every point votes for all lines through it.
fn strongest_line(points: &[Point], size: PixelSize, min_votes: u32) -> Option<Line> {
    let diagonal = f64::from(size.width).hypot(f64::from(size.height)).ceil() as usize;
    let mut best = (0, Line::new(0, 0.0));
    for angle in 0..N_ANGLES {
        let through_origin = Line::new(angle, 0.0);
        let mut votes = vec![0_u32; 2 * diagonal + 1];
        for point in points {
            votes[(through_origin.offset(point).round() + diagonal as f32) as usize] += 1;
        }
        for (bin, n_votes) in votes.into_iter().enumerate() {
            if n_votes > best.0 {
                best = (n_votes, Line::new(angle, bin as f32 - diagonal as f32));
            }
        }
    }
    (best.0 >= min_votes / 2).then_some(best.1)
}
