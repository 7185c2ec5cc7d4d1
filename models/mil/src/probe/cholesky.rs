/// Solves `matrix * x = right` for a symmetric positive definite matrix, row by row; `None` if it
/// is not positive definite.
pub(super) fn solve(mut matrix: Vec<f64>, right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for row in 0..n {
        for column in 0..=row {
            let (above, below) = matrix.split_at(row * n);
            let left = &below[..column];
            let other = match column {
                _ if column == row => left,
                _ => &above[column * n..][..column],
            };
            let rest = below[column] - dot(left, other);
            matrix[row * n + column] = match column {
                _ if column < row => rest / matrix[column * n + column],
                _ if rest > 0.0 => rest.sqrt(),
                _ => return None,
            };
        }
    }
    Some(substituted(&matrix, right))
}

/// Forward with the lower triangle, then backward with its transpose.
fn substituted(lower: &[f64], mut x: Vec<f64>) -> Vec<f64> {
    let n = x.len();
    for row in 0..n {
        let known = dot(&lower[row * n..][..row], &x[..row]);
        x[row] = (x[row] - known) / lower[row * n + row];
    }
    for row in (0..n).rev() {
        x[row] /= lower[row * n + row];
        let solved = x[row];
        for (column, value) in x[..row].iter_mut().enumerate() {
            *value -= lower[row * n + column] * solved;
        }
    }
    x
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let matrix = vec![4.0, 2.0, 0.0, 2.0, 5.0, 2.0, 0.0, 2.0, 5.0];
        let found = solve(matrix, vec![8.0, 18.0, 19.0]).expect("positive definite");
        for (found, expected) in found.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
        assert_eq!(solve(vec![1.0, 2.0, 2.0, 1.0], vec![1.0, 1.0]), None);
    }
}
