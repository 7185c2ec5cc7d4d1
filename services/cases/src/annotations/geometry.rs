use flow::PixelSize;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Places of one annotation at most; a region painted around at full resolution has some thousands.
const MOST_POSITIONS: usize = 50_000;

/// x and y in pixels of level 0 from its top left.
pub(super) type Position = [f64; 2];

/// Closed: its last position is its first.
pub(super) type Ring = Vec<Position>;

/// The shapes that can be drawn: a point, a line that was measured, a polygon with or without holes,
/// and what a brush leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "coordinates", deny_unknown_fields)]
pub(crate) enum Geometry {
    Point(Position),
    LineString(Vec<Position>),
    Polygon(Vec<Ring>),
    MultiPolygon(Vec<Vec<Ring>>),
}

/// Why a shape was not taken.
#[derive(Debug, Error)]
pub(super) enum GeometryError {
    #[error("the shape has {found} positions, and no more than {most} are taken: simplify it")]
    TooMany { found: usize, most: usize },
    #[error("the shape has no ring: draw one")]
    Empty,
    #[error("a line has {found} positions: it needs two at least")]
    Short { found: usize },
    #[error("a ring has {found} positions: it needs four at least, the last equal to the first")]
    Open { found: usize },
    #[error(
        "a position lies at {x}, {y}, outside the slide's {width} x {height} pixels: coordinates \
         are pixels of level 0 from its top left"
    )]
    Outside {
        x: f64,
        y: f64,
        width: u32,
        height: u32,
    },
}

impl Geometry {
    /// Checks that the shape is one, lies on the slide and is not too large.
    pub(super) fn check(&self, slide: PixelSize) -> Result<(), GeometryError> {
        let found = self.positions().count();
        if found > MOST_POSITIONS {
            let most = MOST_POSITIONS;
            return Err(GeometryError::TooMany { found, most });
        }
        if found == 0 || self.has_empty_part() {
            return Err(GeometryError::Empty);
        }
        if let Self::LineString(line) = self
            && line.len() < 2
        {
            return Err(GeometryError::Short { found: line.len() });
        }
        self.rings().try_for_each(closed)?;
        self.positions().try_for_each(|at| inside(*at, slide))
    }

    fn has_empty_part(&self) -> bool {
        match self {
            Self::Point(_) | Self::LineString(_) => false,
            Self::Polygon(rings) => rings.is_empty(),
            Self::MultiPolygon(polygons) => polygons.iter().any(Vec::is_empty),
        }
    }

    fn rings(&self) -> Box<dyn Iterator<Item = &Ring> + '_> {
        match self {
            Self::Point(_) | Self::LineString(_) => Box::new(std::iter::empty()),
            Self::Polygon(rings) => Box::new(rings.iter()),
            Self::MultiPolygon(polygons) => Box::new(polygons.iter().flatten()),
        }
    }

    pub(super) fn positions(&self) -> Box<dyn Iterator<Item = &Position> + '_> {
        match self {
            Self::Point(at) => Box::new(std::iter::once(at)),
            Self::LineString(line) => Box::new(line.iter()),
            Self::Polygon(_) | Self::MultiPolygon(_) => Box::new(self.rings().flatten()),
        }
    }
}

fn closed(ring: &Ring) -> Result<(), GeometryError> {
    match ring.len() >= 4 && ring.first() == ring.last() {
        true => Ok(()),
        false => Err(GeometryError::Open { found: ring.len() }),
    }
}

fn inside([x, y]: Position, PixelSize { width, height }: PixelSize) -> Result<(), GeometryError> {
    let is_inside = (0.0..=f64::from(width)).contains(&x) && (0.0..=f64::from(height)).contains(&y);
    match is_inside {
        true => Ok(()),
        false => Err(GeometryError::Outside {
            x,
            y,
            width,
            height,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn checked(geometry: Value) -> Result<(), String> {
        let geometry: Geometry = serde_json::from_value(geometry).map_err(|e| e.to_string())?;
        let check = geometry.check(PixelSize::new(100, 50));
        check.map_err(|error| error.to_string())
    }

    fn polygon(rings: Value) -> Value {
        json!({"type": "Polygon", "coordinates": rings})
    }

    #[test]
    fn the_four_shapes_are_taken() {
        let square = json!([[0, 0], [10, 0], [10, 10], [0, 0]]);
        let hole = json!([[2, 1], [4, 1], [4, 2], [2, 1]]);
        assert_eq!(
            checked(json!({"type": "Point", "coordinates": [100, 50]})),
            Ok(())
        );
        let line = json!({"type": "LineString", "coordinates": [[0, 0], [3, 4]]});
        assert_eq!(checked(line), Ok(()));
        assert_eq!(checked(polygon(json!([square, hole]))), Ok(()));
        let brushed = json!({"type": "MultiPolygon", "coordinates": [[square], [hole]]});
        assert_eq!(checked(brushed), Ok(()));
    }

    #[test]
    fn what_is_no_shape_on_the_slide_is_refused_with_its_reason() {
        let refused = |geometry| checked(geometry).expect_err("it is not taken");
        let open = json!([[[0, 0], [10, 0], [10, 10], [0, 1]]]);
        assert!(refused(polygon(open)).contains("four at least"));
        assert!(refused(polygon(json!([]))).contains("no ring"));
        let short = json!({"type": "LineString", "coordinates": [[1, 1]]});
        assert!(refused(short).contains("two at least"));
        assert!(refused(json!({"type": "MultiPolygon", "coordinates": [[]]})).contains("no ring"));
        let far = json!({"type": "Point", "coordinates": [101, 0]});
        assert!(refused(far).contains("100 x 50 pixels"));
        let many: Vec<[f64; 2]> = vec![[1.0, 1.0]; MOST_POSITIONS + 1];
        assert!(refused(polygon(json!([many]))).contains("simplify"));
        assert!(refused(json!({"type": "Circle", "coordinates": [1, 2]})).contains("Circle"));
        assert!(checked(json!({"type": "Point", "coordinates": [1, 2, 3]})).is_err());
    }
}
