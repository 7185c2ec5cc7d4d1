use std::collections::BTreeMap;

/// Places nearer than this, in either unit, are one place written with other rounding.
const ROUNDING: f64 = 0.01;

/// How far apart neighbours of one row, or else of one column, mostly lie. `None` where no two
/// tiles share either.
pub(crate) fn stride(corners: &[[f64; 2]]) -> Option<f64> {
    let flipped = || corners.iter().map(|&[x, y]| [y, x]);
    most_common(along_rows(corners.iter().copied())).or_else(|| most_common(along_rows(flipped())))
}

/// Distances between neighbours, in multiples of the rounding.
fn along_rows(corners: impl Iterator<Item = [f64; 2]>) -> Vec<i64> {
    let mut rows: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for [x, y] in corners {
        let steps = |place: f64| (place / ROUNDING).round() as i64;
        rows.entry(steps(y)).or_default().push(steps(x));
    }
    let mut distances = Vec::new();
    for row in rows.values_mut() {
        row.sort_unstable();
        let apart = row.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        distances.extend(apart.filter(|&distance| distance > 1));
    }
    distances
}

/// Of equally common ones the smallest: gaps are wider than the stride.
fn most_common(distances: Vec<i64>) -> Option<f64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for distance in distances {
        *counts.entry(distance).or_default() += 1;
    }
    let most = counts.into_iter().rev().max_by_key(|&(_, count)| count)?;
    Some(most.0 as f64 * ROUNDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_a_second_piece_of_tissue_do_not_mislead() {
        let piece = |left: f64, top: f64, columns: &[f64]| -> Vec<[f64; 2]> {
            columns.iter().map(|c| [left + 256.0 * c, top]).collect()
        };
        let mut corners = piece(0.0, 0.0, &[0.0, 1.0, 3.0, 4.0]);
        corners.extend(piece(3001.0, 17.0, &[0.0, 1.0, 2.0]));
        assert_eq!(stride(&corners), Some(256.0));
    }

    #[test]
    fn a_single_column_has_a_stride_and_a_single_tile_has_none() {
        assert_eq!(stride(&[[5.0, 0.0], [5.0, 224.0]]), Some(224.0));
        assert_eq!(stride(&[[5.0, 0.0]]), None);
        assert_eq!(stride(&[[5.0, 0.0], [9.0, 224.0]]), None);
        assert_eq!(stride(&[]), None);
    }
}
