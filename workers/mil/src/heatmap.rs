use flow::{BagHeader, Heatmap, Instance};

/// Lays one value a tile on the bag's grid; cells without a tile hold NaN. Tiles of an imported bag
/// need not lie on the grid: each goes to the nearest cell, and those that share one to their mean.
pub(crate) fn lay(bag: &BagHeader, instances: &[Instance], values: &[f32]) -> Heatmap {
    let n_cells = bag.columns as usize * bag.rows as usize;
    let mut sums = vec![(0.0_f32, 0_u32); n_cells];
    for (instance, value) in instances.iter().zip(values) {
        let column = (instance.x_um / bag.tile_um).round() as usize;
        let row = (instance.y_um / bag.tile_um).round() as usize;
        let (sum, n) = &mut sums[row * bag.columns as usize + column];
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
        let bag = header(0.1 + 0.2, 3, 2);
        let instances = [(2.0, 0.0), (0.0, 1.0)].map(|(column, row)| Instance {
            x_um: column * bag.tile_um,
            y_um: row * bag.tile_um,
        });
        let heatmap = lay(&bag, &instances, &[0.25, 0.75]);
        assert_eq!(heatmap.value(2, 0), Some(0.25));
        assert_eq!(heatmap.value(0, 1), Some(0.75));
        assert_eq!(heatmap.values.iter().filter(|v| !v.is_nan()).count(), 2);
    }

    #[test]
    fn overlapping_tiles_share_a_cell() {
        let bag = header(100.0, 2, 1);
        let instances = [0.0, 30.0, 90.0].map(|x_um| Instance { x_um, y_um: 0.0 });
        let heatmap = lay(&bag, &instances, &[1.0, 2.0, 4.0]);
        assert_eq!(heatmap.values, [1.5, 4.0]);
    }
}
