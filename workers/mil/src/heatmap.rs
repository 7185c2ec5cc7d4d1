use flow::{BagHeader, Heatmap, TileIndex};

/// Lays one value a tile on the bag's grid; cells without a tile hold NaN.
pub(crate) fn lay(bag: &BagHeader, cells: &[TileIndex], values: &[f32]) -> Heatmap {
    let mut heatmap = Heatmap {
        cell_um: bag.tile_um,
        columns: bag.columns,
        rows: bag.rows,
        values: vec![f32::NAN; bag.columns as usize * bag.rows as usize],
    };
    for (cell, value) in cells.iter().zip(values) {
        let (column, row) = (cell.column as usize, cell.row as usize);
        heatmap.values[row * bag.columns as usize + column] = *value;
    }
    heatmap
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
}
