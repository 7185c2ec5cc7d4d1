use flow::{MicrometreRect, Mpp};

use super::geometry::{Geometry, Position, Ring};

/// How large something drawn is on the glass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Measured {
    Point,
    Line {
        length_um: f64,
    },
    Region {
        /// Without its holes.
        area_um2: f64,
        /// Around the outside of each part.
        perimeter_um: f64,
    },
}

impl Geometry {
    pub(crate) fn measured(&self, mpp: Mpp) -> Measured {
        let um = mpp.get();
        match self {
            Self::Point(_) => Measured::Point,
            Self::LineString(line) => Measured::Line {
                length_um: length(line) * um,
            },
            Self::Polygon(rings) => region(std::slice::from_ref(rings), um),
            Self::MultiPolygon(polygons) => region(polygons, um),
        }
    }

    /// The upright rectangle around it; `None` of nothing.
    pub(crate) fn bounds_um(&self, mpp: Mpp) -> Option<MicrometreRect> {
        let first = *self.positions().next()?;
        let [low, high] = self.positions().fold([first; 2], |[low, high], at| {
            [
                [low[0].min(at[0]), low[1].min(at[1])],
                [high[0].max(at[0]), high[1].max(at[1])],
            ]
        });
        let um = mpp.get();
        Some(MicrometreRect {
            x: low[0] * um,
            y: low[1] * um,
            width: (high[0] - low[0]) * um,
            height: (high[1] - low[1]) * um,
        })
    }
}

fn region(polygons: &[Vec<Ring>], um: f64) -> Measured {
    let parts = polygons.iter().filter_map(|rings| rings.split_first());
    let (mut area_px, mut perimeter_px) = (0.0, 0.0);
    for (outside, holes) in parts {
        area_px += area(outside) - holes.iter().map(|hole| area(hole)).sum::<f64>();
        perimeter_px += length(outside);
    }
    Measured::Region {
        area_um2: area_px * um * um,
        perimeter_um: perimeter_px * um,
    }
}

/// Along all positions; a ring ends where it began.
fn length(line: &[Position]) -> f64 {
    let steps = line.iter().zip(line.iter().skip(1));
    steps
        .map(|([ax, ay], [bx, by])| (bx - ax).hypot(by - ay))
        .sum()
}

/// What a ring encloses, whichever way round (the shoelace formula, from the first corner so that
/// large coordinates cost no precision).
fn area(ring: &[Position]) -> f64 {
    let [x0, y0] = ring.first().copied().unwrap_or_default();
    let steps = ring.iter().zip(ring.iter().skip(1));
    let twice = steps.map(|([ax, ay], [bx, by])| (ax - x0) * (by - y0) - (bx - x0) * (ay - y0));
    twice.sum::<f64>().abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(at: f64, side: f64) -> Ring {
        let end = at + side;
        vec![[at, at], [end, at], [end, end], [at, end], [at, at]]
    }

    #[test]
    fn sizes_are_on_the_glass_and_holes_are_left_out() -> Result<(), flow::FlowError> {
        let mpp = Mpp::new(0.5)?;
        let line = Geometry::LineString(vec![[0.0, 0.0], [6.0, 8.0], [6.0, 10.0]]);
        assert_eq!(line.measured(mpp), Measured::Line { length_um: 6.0 });
        let mut hole = square(90_002.0, 2.0);
        hole.reverse();
        let polygons = vec![vec![square(90_000.0, 10.0), hole], vec![square(0.0, 4.0)]];
        assert_eq!(
            Geometry::MultiPolygon(polygons).measured(mpp),
            Measured::Region {
                area_um2: (100.0 - 4.0 + 16.0) / 4.0,
                perimeter_um: (40.0 + 16.0) / 2.0,
            }
        );
        assert_eq!(Geometry::Point([1.0, 2.0]).measured(mpp), Measured::Point);
        assert_eq!(
            line.bounds_um(mpp),
            Some(MicrometreRect {
                x: 0.0,
                y: 0.0,
                width: 3.0,
                height: 5.0
            })
        );
        Ok(())
    }
}
