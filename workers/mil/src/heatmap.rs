use flow::{BagHeader, Heatmap, Instance};

/// Lays one value a tile on the bag's grid; cells without a tile hold NaN.
pub(crate) fn lay(bag: &BagHeader, instances: &[Instance], values: &[f32]) -> Heatmap {
    let mut heatmap = Heatmap {
        cell_um: bag.tile_um,
        columns: bag.columns,
        rows: bag.rows,
        values: vec![f32::NAN; bag.columns as usize * bag.rows as usize],
    };
    for (instance, value) in instances.iter().zip(values) {
        let column = (instance.x_um / bag.tile_um).round() as usize;
        let row = (instance.y_um / bag.tile_um).round() as usize;
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
}
