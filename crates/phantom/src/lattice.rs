use crate::frame::Frame;
use crate::noise::{mix, split};
use crate::point::{Area, Point};

/// Smooth fields evaluated at the nodes of a square lattice and interpolated between them. Nodes
/// lie at multiples of `step` on the glass, so that every lattice of the same step agrees.
pub(crate) struct Lattice<const N: usize> {
    step: f32,
    column: i32,
    row: i32,
    columns: usize,
    rows: usize,
    nodes: Vec<[f32; N]>,
}

impl<const N: usize> Lattice<N> {
    /// Evaluates `field` at all nodes needed to interpolate within `area`.
    pub(crate) fn over(area: Area, step: f32, mut field: impl FnMut(Point) -> [f32; N]) -> Self {
        let (column, row) = (split(area.low.x / step).0, split(area.low.y / step).0);
        let columns = (split(area.high.x / step).0 - column + 2) as usize;
        let rows = (split(area.high.y / step).0 - row + 2) as usize;
        let mut nodes = Vec::with_capacity(columns * rows);
        for j in 0..rows as i32 {
            for i in 0..columns as i32 {
                let at = Point::new((column + i) as f32 * step, (row + j) as f32 * step);
                nodes.push(field(at));
            }
        }
        Self {
            step,
            column,
            row,
            columns,
            rows,
            nodes,
        }
    }

    /// The greatest value of field `index` at any node.
    pub(crate) fn highest(&self, index: usize) -> f32 {
        self.nodes
            .iter()
            .fold(f32::MIN, |highest, node| highest.max(node[index]))
    }

    /// Interpolates at a place inside the area this lattice was made for.
    pub(crate) fn sample(&self, p: Point) -> [f32; N] {
        let (i, fx) = self.locate(p.x, self.column, self.columns);
        let (j, fy) = self.locate(p.y, self.row, self.rows);
        let node = |dx, dy| &self.nodes[(j + dy) * self.columns + i + dx];
        let left = blend(node(0, 0), node(0, 1), fy);
        let right = blend(node(1, 0), node(1, 1), fy);
        blend(&left, &right, fx)
    }

    /// Slope of field `index` at `p`, per micrometre.
    pub(crate) fn slope(&self, p: Point, index: usize) -> Point {
        let reach = 0.5 * self.step;
        let at = |dx, dy| self.sample(p + Point::new(dx, dy))[index];
        Point::new(
            at(reach, 0.0) - at(-reach, 0.0),
            at(0.0, reach) - at(0.0, -reach),
        ) * (1.0 / self.step)
    }

    /// The fields along one row of pixels.
    pub(crate) fn along(&self, frame: &Frame, row: usize, out: &mut [[f32; N]]) {
        let (j, fy) = self.locate(frame.y_um(row), self.row, self.rows);
        let upper = &self.nodes[j * self.columns..][..self.columns];
        let lower = &self.nodes[(j + 1) * self.columns..][..self.columns];
        let mut at = usize::MAX;
        let (mut left, mut right) = ([0.0; N], [0.0; N]);
        for (column, value) in out.iter_mut().enumerate() {
            let (i, fx) = self.locate(frame.x_um(column), self.column, self.columns);
            if i != at {
                left = blend(&upper[i], &lower[i], fy);
                right = blend(&upper[i + 1], &lower[i + 1], fy);
                at = i;
            }
            *value = blend(&left, &right, fx);
        }
    }

    #[inline(always)]
    fn locate(&self, place: f32, first: i32, count: usize) -> (usize, f32) {
        let (node, fraction) = split(place / self.step);
        ((node - first).clamp(0, count as i32 - 2) as usize, fraction)
    }
}

#[inline(always)]
fn blend<const N: usize>(a: &[f32; N], b: &[f32; N], t: f32) -> [f32; N] {
    std::array::from_fn(|index| mix(a[index], b[index], t))
}
