use serde::Deserialize;

/// Places of one region at most: every one is compared with every tile.
pub(super) const MOST_POSITIONS: usize = 5_000;

/// x and y in pixels of level 0 from its top left.
type Position = [f64; 2];
type Ring = Vec<Position>;

/// Part of a slide, as a GeoJSON geometry in pixels of level 0.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
pub(super) enum Region {
    /// The tile that it lies in.
    Point(Position),
    MultiPoint(Vec<Position>),
    /// The outline, then its holes.
    Polygon(Vec<Ring>),
    MultiPolygon(Vec<Vec<Ring>>),
}

impl Region {
    pub(super) fn n_positions(&self) -> usize {
        let of_rings = |rings: &Vec<Ring>| rings.iter().map(Vec::len).sum::<usize>();
        match self {
            Self::Point(_) => 1,
            Self::MultiPoint(points) => points.len(),
            Self::Polygon(rings) => of_rings(rings),
            Self::MultiPolygon(polygons) => polygons.iter().map(of_rings).sum(),
        }
    }

    /// Whether a tile is meant: its x, y, width and height in pixels of level 0. One of points is
    /// meant if it holds one, one of an area if its middle lies within.
    pub(super) fn means(&self, [x, y, width, height]: [f64; 4]) -> bool {
        let holds = |point: &Position| {
            (x..x + width).contains(&point[0]) && (y..y + height).contains(&point[1])
        };
        let middle = [x + width / 2.0, y + height / 2.0];
        match self {
            Self::Point(point) => holds(point),
            Self::MultiPoint(points) => points.iter().any(holds),
            Self::Polygon(rings) => is_within(rings, middle),
            Self::MultiPolygon(polygons) => polygons.iter().any(|rings| is_within(rings, middle)),
        }
    }
}

/// By the even-odd rule, so that holes are outside however they turn.
fn is_within(rings: &[Ring], [x, y]: Position) -> bool {
    let crosses = |from: Position, to: Position| {
        let is_between = (from[1] > y) != (to[1] > y);
        is_between && x < from[0] + (y - from[1]) / (to[1] - from[1]) * (to[0] - from[0])
    };
    let n_crossed = |ring: &Ring| {
        let ends = ring.iter().skip(1).chain(ring.first());
        let sides = ring.iter().zip(ends);
        sides.filter(|(from, to)| crosses(**from, **to)).count()
    };
    rings.iter().map(n_crossed).sum::<usize>() % 2 == 1
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn means(region: Value, tile: [f64; 4]) -> Result<bool, serde_json::Error> {
        Ok(serde_json::from_value::<Region>(region)?.means(tile))
    }

    #[test]
    fn an_area_means_tiles_by_their_middle() -> Result<(), serde_json::Error> {
        let outline = json!([[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]]);
        let hole = json!([[40, 40], [40, 60], [60, 60], [60, 40], [40, 40]]);
        let area = json!({"type": "Polygon", "coordinates": [outline, hole]});
        assert!(means(area.clone(), [-5.0, 10.0, 20.0, 20.0])?);
        assert!(!means(area.clone(), [-15.0, 10.0, 20.0, 20.0])?);
        assert!(!means(area, [45.0, 45.0, 10.0, 10.0])?);
        // QuPath closes its rings; others may not.
        let open = json!([[[[0, 0], [100, 0], [0, 100]]]]);
        let areas = json!({"type": "MultiPolygon", "coordinates": open});
        assert!(means(areas.clone(), [10.0, 10.0, 2.0, 2.0])?);
        assert!(!means(areas, [80.0, 80.0, 2.0, 2.0])?);
        Ok(())
    }

    #[test]
    fn a_point_means_the_tile_that_it_lies_in() -> Result<(), serde_json::Error> {
        let point = json!({"type": "Point", "coordinates": [30, 10]});
        assert!(means(point.clone(), [20.0, 0.0, 20.0, 20.0])?);
        assert!(!means(point, [10.0, 0.0, 20.0, 20.0])?);
        let points = json!({"type": "MultiPoint", "coordinates": [[1, 1], [50, 50]]});
        assert!(means(points, [40.0, 40.0, 20.0, 20.0])?);
        Ok(())
    }
}
