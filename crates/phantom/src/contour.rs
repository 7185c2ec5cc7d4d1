//! Outlines of a field's positive parts, by marching squares (Lorensen and Cline 1987, in 2D).

use std::collections::HashMap;

/// A closed outline: its last point joins its first. Who walks along it in an image whose y axis
/// points down has the positive part to the left.
pub(crate) type Ring = Vec<[f64; 2]>;

/// A field sampled at the nodes of a square grid, row by row.
pub(crate) struct Samples {
    pub(crate) columns: usize,
    pub(crate) values: Vec<f32>,
}

/// A crossing of the outline with the grid line that leaves node (column, row) to the right or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Crossing {
    Right(usize, usize),
    Down(usize, usize),
}

impl Samples {
    /// Outlines in units of the grid's spacing. Nodes on the grid's border count as outside.
    pub(crate) fn rings(&self) -> Vec<Ring> {
        let rows = self.values.len() / self.columns;
        let mut next = HashMap::new();
        let mut order = Vec::new();
        for row in 0..rows.saturating_sub(1) {
            for column in 0..self.columns - 1 {
                for (from, to) in self.cell(column, row) {
                    next.insert(from, to);
                    order.push(from);
                }
            }
        }
        order
            .into_iter()
            .filter_map(|start| self.walk(start, &mut next))
            .collect()
    }

    /// Follows one outline and forgets it.
    fn walk(&self, start: Crossing, next: &mut HashMap<Crossing, Crossing>) -> Option<Ring> {
        let mut ring = Vec::new();
        let mut at = start;
        while let Some(to) = next.remove(&at) {
            ring.push(self.place(at));
            at = to;
        }
        (ring.len() > 2).then_some(ring)
    }

    /// The pieces of outline within the cell right of and below a node.
    fn cell(&self, column: usize, row: usize) -> impl Iterator<Item = (Crossing, Crossing)> {
        let top = Crossing::Right(column, row);
        let bottom = Crossing::Right(column, row + 1);
        let left = Crossing::Down(column, row);
        let right = Crossing::Down(column + 1, row);
        let inside = |dx, dy| u8::from(self.value(column + dx, row + dy) > 0.0);
        let case = inside(0, 0) | inside(1, 0) << 1 | inside(1, 1) << 2 | inside(0, 1) << 3;
        let (first, second) = match case {
            0 | 15 => (None, None),
            1 => (Some((left, top)), None),
            2 => (Some((top, right)), None),
            3 => (Some((left, right)), None),
            4 => (Some((right, bottom)), None),
            5 => (Some((left, top)), Some((right, bottom))),
            6 => (Some((top, bottom)), None),
            7 => (Some((left, bottom)), None),
            8 => (Some((bottom, left)), None),
            9 => (Some((bottom, top)), None),
            10 => (Some((top, right)), Some((bottom, left))),
            11 => (Some((bottom, right)), None),
            12 => (Some((right, left)), None),
            13 => (Some((right, top)), None),
            _ => (Some((top, left)), None),
        };
        first.into_iter().chain(second)
    }

    fn place(&self, crossing: Crossing) -> [f64; 2] {
        match crossing {
            Crossing::Right(column, row) => {
                let share = share(self.value(column, row), self.value(column + 1, row));
                [column as f64 + share, row as f64]
            }
            Crossing::Down(column, row) => {
                let share = share(self.value(column, row), self.value(column, row + 1));
                [column as f64, row as f64 + share]
            }
        }
    }

    fn value(&self, column: usize, row: usize) -> f32 {
        let rows = self.values.len() / self.columns;
        if column == 0 || row == 0 || column + 1 == self.columns || row + 1 == rows {
            return -1.0;
        }
        self.values[row * self.columns + column]
    }
}

/// Where between two nodes the field is 0.
fn share(a: f32, b: f32) -> f64 {
    f64::from(a / (a - b)).clamp(0.0, 1.0)
}

/// Area within a ring, positive if it surrounds a filled part, negative around a hole.
pub(crate) fn signed_area(ring: &[[f64; 2]]) -> f64 {
    edges(ring)
        .map(|(a, b)| 0.5 * (b[0] * a[1] - a[0] * b[1]))
        .sum()
}

/// Is `p` within the ring (even-odd rule)?
pub(crate) fn surrounds(ring: &[[f64; 2]], p: [f64; 2]) -> bool {
    let crossings = edges(ring).filter(|(a, b)| {
        (a[1] > p[1]) != (b[1] > p[1])
            && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    crossings.count() % 2 == 1
}

fn edges(ring: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring-shaped field: positive between radii 4 and 9 around (12, 12).
    fn doughnut() -> Samples {
        let columns = 25;
        let values = (0..columns * columns)
            .map(|k| {
                let (x, y) = ((k % columns) as f32 - 12.0, (k / columns) as f32 - 12.0);
                let distance = x.hypot(y);
                (9.0 - distance).min(distance - 4.0)
            })
            .collect();
        Samples { columns, values }
    }

    #[test]
    fn a_doughnut_has_an_outline_and_a_hole() {
        let rings = doughnut().rings();
        let mut areas: Vec<f64> = rings.iter().map(|ring| signed_area(ring)).collect();
        areas.sort_by(f64::total_cmp);
        let [hole, outline] = areas[..] else {
            panic!("expected two rings, got {areas:?}");
        };
        assert!(
            (outline - 81.0 * std::f64::consts::PI).abs() < 6.0,
            "{outline}"
        );
        assert!((hole + 16.0 * std::f64::consts::PI).abs() < 4.0, "{hole}");
    }

    #[test]
    fn parts_that_reach_the_border_are_closed_there() {
        let samples = Samples {
            columns: 8,
            values: vec![1.0; 64],
        };
        let rings = samples.rings();
        assert_eq!(rings.len(), 1);
        assert!(signed_area(&rings[0]) > 25.0);
        assert!(surrounds(&rings[0], [3.5, 3.5]));
        assert!(!surrounds(&rings[0], [-1.0, 3.5]));
    }
}
