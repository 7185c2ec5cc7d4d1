use candle_core::{Result, Tensor};
use parameters::{Declaration, Initial, Parameters, ParametersError};

use super::shifted_sum::shifted_sum;

/// Name and side of the three depthwise convolutions.
const KERNELS: [(&str, usize); 3] = [
    ("position.seven", 7),
    ("position.five", 5),
    ("position.three", 3),
];
/// Side of the largest.
const SIDE: usize = 7;
const MARGIN: usize = SIDE / 2;

/// Pyramid position encoding (Shao et al. 2021, algorithm 3): instances laid out as a square image
/// plus three depthwise convolutions of it, `x + c7(x) + c5(x) + c3(x)`.
#[derive(Debug)]
pub(super) struct PositionEncoding {
    /// Shapes (width, 1, side, side) and (width) of each kernel.
    kernels: Vec<(Tensor, Tensor)>,
}

impl PositionEncoding {
    pub(super) fn declarations(width: usize) -> Vec<Declaration> {
        let kernel = |(name, side): (&str, usize)| {
            let std = 1.0 / (2 * side) as f32;
            let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
            [
                Declaration::new(
                    weight,
                    &[width, 1, side, side],
                    Initial::TruncatedNormal { std },
                ),
                Declaration::new(bias, &[width], Initial::Constant(0.0)),
            ]
        };
        KERNELS.into_iter().flat_map(kernel).collect()
    }

    pub(super) fn new(parameters: &Parameters) -> std::result::Result<Self, ParametersError> {
        let kernel = |(name, _)| {
            let weight = parameters.get(&format!("{name}.weight"))?;
            Ok((weight, parameters.get(&format!("{name}.bias"))?))
        };
        let kernels = KERNELS.into_iter().map(kernel);
        Ok(Self {
            kernels: kernels.collect::<std::result::Result<_, ParametersError>>()?,
        })
    }

    /// Instances (side * side, width), row by row of the square, to the same shape.
    pub(super) fn forward(&self, instances: &Tensor, side: usize) -> Result<Tensor> {
        let (n_instances, width) = instances.dims2()?;
        let padded_side = side + 2 * MARGIN;
        let image = instances.reshape((side, side, width))?;
        let image = image.pad_with_zeros(0, MARGIN, MARGIN)?;
        let image = image.pad_with_zeros(1, MARGIN, MARGIN)?;
        let rows = image.reshape((padded_side * padded_side, width))?;

        // The rows of the padded image follow each other, so the last columns of each hold sums
        // across its edge; they are cut off, those of the last row before they are made.
        let offsets = (0..SIDE * SIDE).map(|tap| tap / SIDE * padded_side + tap % SIDE);
        let offsets: Vec<usize> = offsets.collect();
        let n_out = side * padded_side - 2 * MARGIN;
        let sums = shifted_sum(&rows, &self.kernel()?, &offsets, n_out)?;
        let sums = sums.pad_with_zeros(0, 0, 2 * MARGIN)?;
        let sums = sums.reshape((side, padded_side, width))?;
        let sums = sums.narrow(1, 0, side)?.contiguous()?;
        let encoded = sums.reshape((n_instances, width))?;
        (instances + encoded)?.broadcast_add(&self.bias()?)
    }

    /// The three kernels in one, shape (taps, width): a sum of convolutions is that of their sum.
    fn kernel(&self) -> Result<Tensor> {
        let as_large = |(weight, _): &(Tensor, Tensor)| {
            let margin = (SIDE - weight.dim(2)?) / 2;
            let wide = weight.pad_with_zeros(2, margin, margin)?;
            wide.pad_with_zeros(3, margin, margin)?.flatten_from(1)
        };
        let kernels = self
            .kernels
            .iter()
            .map(as_large)
            .collect::<Result<Vec<_>>>()?;
        Tensor::stack(&kernels, 0)?.sum(0)?.t()?.contiguous()
    }

    fn bias(&self) -> Result<Tensor> {
        let biases: Vec<&Tensor> = self.kernels.iter().map(|(_, bias)| bias).collect();
        Tensor::stack(&biases, 0)?.sum(0)
    }
}
