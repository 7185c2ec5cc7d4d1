use flow::{BagHeader, Heatmap, TileIndex};

/// Lays one value a tile on the bag's grid; cells without a tile hold NaN. Tiles of an imported bag
/// may share a cell, which then holds their mean.
pub(crate) fn lay(bag: &BagHeader, cells: &[TileIndex], values: &[f32]) -> Heatmap {
    let n_cells = bag.columns as usize * bag.rows as usize;
    let mut sums = vec![(0.0_f32, 0_u32); n_cells];
    for (cell, value) in cells.iter().zip(values) {
        let (sum, n) = &mut sums[cell.row as usize * bag.columns as usize + cell.column as usize];
        *sum += *value;
        *n += 1;
    }
    let mean = |(sum, n): (f32, u32)| match n {
        0 => f32::NAN,
        1 => sum,
        _ => sum / n as f32,
    };
    Heatmap {
        cell_um: bag.tile_um,
        columns: bag.columns,
        rows: bag.rows,
        values: sums.into_iter().map(mean).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bag::tests::header;

    #[test]
    fn a_tile_is_drawn_where_it_lies() {
        let cells = [(2, 0), (0, 1)].map(|(column, row)| TileIndex { column, row });
        let heatmap = lay(&header(112.0, 3, 2), &cells, &[0.25, 0.75]);
        assert_eq!(heatmap.value(2, 0), Some(0.25));
        assert_eq!(heatmap.value(0, 1), Some(0.75));
        assert_eq!(heatmap.values.iter().filter(|v| !v.is_nan()).count(), 2);
    }

    #[test]
    fn overlapping_tiles_share_a_cell() {
        let bag = header(100.0, 2, 1);
        let cells = [0, 0, 1].map(|column| TileIndex { column, row: 0 });
        let heatmap = lay(&bag, &cells, &[1.0, 2.0, 4.0]);
        assert_eq!(heatmap.values, [1.5, 4.0]);
    }
}
