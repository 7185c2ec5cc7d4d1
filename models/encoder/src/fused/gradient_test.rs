//! Every fused operation against the same thing built from candle's own differentiable ones:
//! values and gradients of all arguments.

use candle_core::{D, Device, Result, Tensor, Var};

use super::*;

const TOLERANCE: f32 = 2e-5;

/// Waves, different for each `phase`.
fn variable(shape: &[usize], phase: f32) -> Result<Var> {
    let n_values: usize = shape.iter().product();
    let waves = (0..n_values)
        .map(|at| 1.5 * (at as f32 * 0.73 + phase).sin())
        .collect();
    Var::from_tensor(&Tensor::from_vec::<_, f32>(waves, shape, &Device::Cpu)?)
}

fn assert_same<const N: usize>(
    arguments: [Var; N],
    fused: impl Fn([&Tensor; N]) -> Result<Tensor>,
    plain: impl Fn([&Tensor; N]) -> Result<Tensor>,
) -> Result<()> {
    let tensors = arguments.each_ref().map(Var::as_tensor);
    let (fused, plain) = (fused(tensors)?, plain(tensors)?);
    assert_close("value", &fused, &plain)?;

    let weights = variable(fused.dims(), 0.4)?;
    let gradients = |out: &Tensor| (out * weights.as_detached_tensor())?.sum_all()?.backward();
    let (of_fused, of_plain) = (gradients(&fused)?, gradients(&plain)?);
    for (index, argument) in tensors.into_iter().enumerate() {
        let what = format!("gradient {index}");
        let found = of_fused.get(argument).expect("a gradient of the fused one");
        let expected = of_plain.get(argument).expect("a gradient of the plain one");
        assert_close(&what, found, expected)?;
    }
    Ok(())
}

fn assert_close(what: &str, found: &Tensor, expected: &Tensor) -> Result<()> {
    assert_eq!(found.dims(), expected.dims(), "{what}");
    let difference = (found - expected)?.abs()?.max_all()?.to_scalar::<f32>()?;
    let largest = expected.abs()?.max_all()?.to_scalar::<f32>()?;
    assert!(
        difference <= TOLERANCE * (1.0 + largest),
        "{what}: {difference}"
    );
    Ok(())
}

#[test]
fn layer_norm_as_candle() -> Result<()> {
    let arguments = [
        variable(&[2, 5, 37], 0.0)?,
        variable(&[37], 1.0)?,
        variable(&[37], 2.0)?,
    ];
    let plain = |[x, weight, bias]: [&Tensor; 3]| {
        let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
        let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
        centred
            .broadcast_div(&(variance + 1e-5)?.sqrt()?)?
            .broadcast_mul(weight)?
            .broadcast_add(bias)
    };
    assert_same(
        arguments,
        |[x, weight, bias]| layer_norm(x, weight, bias, 1e-5),
        plain,
    )
}

#[test]
fn scaled_softmax_as_candle() -> Result<()> {
    let plain = |[x]: [&Tensor; 1]| candle_nn::ops::softmax(&(x * 0.6)?, D::Minus1);
    assert_same(
        [variable(&[2, 3, 5, 21], 0.0)?],
        |[x]| scaled_softmax(x, 0.6),
        plain,
    )
}

#[test]
fn bias_gelu_as_candle() -> Result<()> {
    let arguments = [variable(&[2, 5, 19], 0.0)?, variable(&[19], 1.0)?];
    let plain = |[x, bias]: [&Tensor; 2]| x.broadcast_add(bias)?.gelu_erf();
    assert_same(arguments, |[x, bias]| bias_gelu(x, bias), plain)
}

#[test]
fn bias_quick_gelu_as_candle() -> Result<()> {
    let arguments = [variable(&[2, 5, 19], 0.0)?, variable(&[19], 1.0)?];
    let plain = |[x, bias]: [&Tensor; 2]| {
        let x = x.broadcast_add(bias)?;
        &x * candle_nn::ops::sigmoid(&(&x * 1.702)?)?
    };
    assert_same(arguments, |[x, bias]| bias_quick_gelu(x, bias), plain)
}

#[test]
fn bias_swiglu_as_candle() -> Result<()> {
    let arguments = [variable(&[2, 5, 38], 0.0)?, variable(&[38], 1.0)?];
    let plain = |[x, bias]: [&Tensor; 2]| {
        let halves = x.broadcast_add(bias)?.chunk(2, D::Minus1)?;
        halves[0].silu()? * &halves[1]
    };
    assert_same(arguments, |[x, bias]| bias_swiglu(x, bias), plain)
}

#[test]
fn add_rows_as_candle() -> Result<()> {
    let plain = |[x, row]: [&Tensor; 2]| x.broadcast_add(row);
    let bias = [variable(&[3, 5, 7], 0.0)?, variable(&[7], 1.0)?];
    assert_same(bias, |[x, row]| add_rows(x, row), plain)?;
    let positions = [variable(&[3, 5, 7], 0.0)?, variable(&[1, 5, 7], 1.0)?];
    assert_same(positions, |[x, row]| add_rows(x, row), plain)
}

#[test]
fn residual_as_candle() -> Result<()> {
    let same = |phase| variable(&[2, 5, 19], phase);
    let row = |phase| variable(&[19], phase);
    let plain = |[x, branch, bias, scale]: [&Tensor; 4]| {
        x + branch.broadcast_add(bias)?.broadcast_mul(scale)?
    };
    assert_same(
        [same(0.0)?, same(1.0)?, row(2.0)?, row(3.0)?],
        |[x, branch, bias, scale]| residual(x, branch, bias, Some(scale)),
        plain,
    )?;
    assert_same(
        [same(0.0)?, same(1.0)?, row(2.0)?],
        |[x, branch, bias]| residual(x, branch, bias, None),
        |[x, branch, bias]| x + branch.broadcast_add(bias)?,
    )
}

#[test]
fn split_heads_as_candle() -> Result<()> {
    let arguments = [variable(&[2, 5, 24], 0.0)?, variable(&[24], 1.0)?];
    let plain = |[packed, bias]: [&Tensor; 2]| {
        packed
            .broadcast_add(bias)?
            .reshape((2, 5, 3, 2, 4))?
            .permute((2, 0, 3, 1, 4))
    };
    assert_same(
        arguments,
        |[packed, bias]| split_heads(packed, bias, 2),
        plain,
    )
}
