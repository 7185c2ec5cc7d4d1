use candle_core::{D, DType, Device, Result as TensorResult, Tensor};
use candle_nn::ops::sigmoid;

use super::LabelledEmbeddings;
use super::cholesky::solve;
use crate::MilError;

/// Logistic regression on standardised values, one class against all others, every class with the
/// same total weight.
#[derive(Debug)]
pub(super) struct Classifier {
    mean: Tensor,
    spread: Tensor,
    /// One column (values + 1, 1) a class, the intercept last. Of two classes, that of the second.
    weights: Vec<Tensor>,
}

const MAX_STEPS: usize = 50;
/// The penalised loss is flat where no derivative is larger than this for each tile.
const FLAT: f64 = 1e-6;

impl Classifier {
    /// Minimises `|w|^2 / 2 + c * sum(weight * loss)`, the intercept without penalty.
    pub(super) fn fit(tiles: &LabelledEmbeddings, c: f64) -> Result<Self, MilError> {
        let values = matrix(tiles)?;
        let mean = values.mean_keepdim(0)?;
        let variance = values.broadcast_sub(&mean)?.sqr()?.mean_keepdim(0)?;
        // A value that never changes stays 0 whatever it is divided by.
        let spread = variance.sqrt()?.maximum(f64::MIN_POSITIVE.sqrt())?;
        let mut classifier = Self {
            mean,
            spread,
            weights: Vec::new(),
        };
        let rows = classifier.rows(&values)?;
        let told_apart = match tiles.n_classes() {
            2 => 1..2,
            n_classes => 0..n_classes,
        };
        for class in told_apart {
            let is_class: Vec<bool> = tiles.classes().iter().map(|&of| of == class).collect();
            classifier
                .weights
                .push(one_against_all(&rows, &is_class, c)?);
        }
        Ok(classifier)
    }

    /// The most likely class of each tile.
    pub(super) fn call(&self, tiles: &LabelledEmbeddings) -> Result<Vec<usize>, MilError> {
        let rows = self.rows(&matrix(tiles)?)?;
        let margins: Vec<Tensor> = self
            .weights
            .iter()
            .map(|weights| rows.matmul(weights))
            .collect::<TensorResult<_>>()?;
        let margins = match margins.as_slice() {
            [second] => vec![second.zeros_like()?, second.clone()],
            _ => margins,
        };
        let likely = Tensor::cat(&margins, 1)?.argmax(D::Minus1)?;
        let likely: Vec<u32> = likely.to_vec1()?;
        Ok(likely.into_iter().map(|class| class as usize).collect())
    }

    /// Standardised, and a 1 for the intercept.
    fn rows(&self, values: &Tensor) -> TensorResult<Tensor> {
        let standard = values
            .broadcast_sub(&self.mean)?
            .broadcast_div(&self.spread)?;
        let ones = Tensor::ones((values.dim(0)?, 1), DType::F64, &Device::Cpu)?;
        Tensor::cat(&[&standard, &ones], 1)
    }
}

fn matrix(tiles: &LabelledEmbeddings) -> TensorResult<Tensor> {
    let values: Vec<f64> = tiles
        .rows()
        .flatten()
        .map(|&value| f64::from(value))
        .collect();
    Tensor::from_vec(values, (tiles.len(), tiles.dimension()), &Device::Cpu)
}

/// Newton's method; the loss is convex.
fn one_against_all(rows: &Tensor, is_class: &[bool], c: f64) -> Result<Tensor, MilError> {
    let (n, width) = rows.dims2()?;
    let truth: Vec<f64> = is_class.iter().map(|&is| f64::from(u8::from(is))).collect();
    let truth = Tensor::from_vec(truth, (n, 1), &Device::Cpu)?;
    let weight = Tensor::from_vec(balanced(is_class, c), (n, 1), &Device::Cpu)?;
    let mut penalty = vec![1.0; width];
    penalty[width - 1] = 0.0;
    let penalty = Tensor::from_vec(penalty, (width, 1), &Device::Cpu)?;
    let columns = rows.t()?.contiguous()?;

    let mut found = Tensor::zeros((width, 1), DType::F64, &Device::Cpu)?;
    for _ in 0..MAX_STEPS {
        let likely = sigmoid(&rows.matmul(&found)?)?;
        let wrong = ((&likely - &truth)? * &weight)?;
        let gradient = (columns.matmul(&wrong)? + (&found * &penalty)?)?;
        let gradient: Vec<f64> = gradient.flatten_all()?.to_vec1()?;
        if gradient.iter().all(|slope| slope.abs() < FLAT * n as f64) {
            return Ok(found);
        }
        let bend = ((&likely * (1.0 - &likely)?)? * &weight)?;
        let hessian = columns.matmul(&rows.broadcast_mul(&bend)?)?;
        let mut hessian: Vec<f64> = hessian.flatten_all()?.to_vec1()?;
        (0..width - 1).for_each(|at| hessian[at * width + at] += 1.0);
        let step = solve(hessian, gradient)
            .ok_or_else(|| MilError::Probe("the classes cannot be weighed; lower c".to_owned()))?;
        found = (found - Tensor::from_vec(step, (width, 1), &Device::Cpu)?)?;
    }
    Err(MilError::Probe(format!(
        "the fit did not settle in {MAX_STEPS} steps; lower c"
    )))
}

/// `c` for each tile, so shared out that class and rest weigh the same.
fn balanced(is_class: &[bool], c: f64) -> Vec<f64> {
    let n = is_class.len() as f64;
    let n_class = is_class.iter().filter(|&&is| is).count() as f64;
    let weight = |&is: &bool| match is {
        true => c * n / (2.0 * n_class),
        false => c * n / (2.0 * (n - n_class)),
    };
    is_class.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What scikit-learn finds: `StandardScaler` and `LogisticRegression(C=0.5,
    /// class_weight="balanced", tol=1e-12)` on the same rows.
    #[test]
    fn as_scikit_learn() -> Result<(), MilError> {
        let rows = [
            [0, 1],
            [1, 3],
            [2, 0],
            [3, 5],
            [4, 1],
            [2, 4],
            [5, 5],
            [6, 2],
            [1, 1],
            [7, 4],
        ];
        let values = rows.iter().flatten().map(|&value| value as f32).collect();
        let truth = vec![0, 0, 0, 1, 0, 0, 1, 1, 0, 1];
        let tiles = LabelledEmbeddings::new(values, 2, truth.clone())?;
        let classifier = Classifier::fit(&tiles, 0.5)?;
        let found: Vec<f64> = classifier.weights[0].flatten_all()?.to_vec1()?;
        for (found, expected) in found.iter().zip([0.85104089, 0.64676464, -0.24837184]) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
        assert_eq!(classifier.call(&tiles)?, truth);
        Ok(())
    }

    #[test]
    fn three_classes_and_a_value_that_never_changes() -> Result<(), MilError> {
        let truth: Vec<usize> = (0..30).map(|at| at % 3).collect();
        let place = |class: usize, at: usize| class as f32 * 4.0 + (at % 5) as f32 * 0.1;
        let row = |(at, &class): (usize, &usize)| [place(class, at), place(2 - class, at), 7.0];
        let values = truth.iter().enumerate().flat_map(row).collect();
        let tiles = LabelledEmbeddings::new(values, 3, truth.clone())?;
        // The class in the middle lies on no side of the others.
        let called = Classifier::fit(&tiles, 1.0)?.call(&tiles)?;
        let of_ends = |class: usize| class != 1;
        let ends = called
            .iter()
            .zip(&truth)
            .filter(|(_, truth)| of_ends(**truth));
        assert!(ends.clone().count() == 20 && ends.into_iter().all(|(call, truth)| call == truth));
        Ok(())
    }
}
