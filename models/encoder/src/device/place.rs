use candle_core::{DType, Device, Result, Tensor};
use parameters::{Parameters, ParametersError};

use crate::Architecture;
use crate::vit::{BlockShape, Operations};

/// The blocks as a device computes them, and the parameters that go with them.
///
/// LayerScale and the scale of attention are folded into weights. The matrices of patches and blocks
/// are in `dtype`; tokens, norms and the pooling stay in f32, as they do on processors.
pub(super) fn placed(
    architecture: &Architecture,
    parameters: &Parameters,
    (device, dtype): (&Device, DType),
) -> std::result::Result<(BlockShape, Parameters), ParametersError> {
    let shape = architecture.block();
    let query_scale = Tensor::cat(
        &[
            Tensor::full(shape.attention_scale as f32, shape.width, &Device::Cpu)?,
            Tensor::ones(2 * shape.width, DType::F32, &Device::Cpu)?,
        ],
        0,
    )?;
    let layer_scale = |block: &str, name: &str| {
        let gamma = || parameters.get(&format!("{block}.{name}.gamma"));
        shape.layer_scale.then(gamma).transpose()
    };
    let scale_of = |name: &str| match Part::of(name) {
        Some((_, Part::Asking)) => Ok(Some(query_scale.clone())),
        Some((block, Part::Projection)) => layer_scale(block, "ls1"),
        Some((block, Part::Shrinking)) => layer_scale(block, "ls2"),
        Some((_, Part::Widening)) | None => Ok(None),
    };
    let placed = parameters.changed(|name, tensor| {
        let tensor = match scale_of(name)? {
            None => tensor.clone(),
            Some(scale) => outputs_scaled(tensor, &scale)?,
        };
        let dtype = if is_multiplied(name, &tensor) {
            dtype
        } else {
            DType::F32
        };
        Ok(tensor.to_dtype(dtype)?.to_device(device)?)
    })?;
    let shape = BlockShape {
        layer_scale: false,
        attention_scale: 1.0,
        operations: Operations::Composed,
        ..shape
    };
    Ok((shape, placed))
}

/// The linear layers of a block.
enum Part {
    Asking,
    Projection,
    Widening,
    Shrinking,
}

impl Part {
    /// With the name of its block.
    fn of(name: &str) -> Option<(&str, Self)> {
        let layer = name
            .strip_suffix(".weight")
            .or_else(|| name.strip_suffix(".bias"))?;
        let parts = [
            (".attn.qkv", Self::Asking),
            (".attn.proj", Self::Projection),
            (".mlp.fc1", Self::Widening),
            (".mlp.fc2", Self::Shrinking),
        ];
        let mut parts = parts.into_iter();
        parts.find_map(|(suffix, part)| Some((layer.strip_suffix(suffix)?, part)))
    }
}

/// A layer's weight (outputs, inputs) or bias (outputs), each output times its scale.
fn outputs_scaled(tensor: &Tensor, scale: &Tensor) -> Result<Tensor> {
    match tensor.rank() {
        1 => tensor * scale,
        _ => tensor.broadcast_mul(&scale.unsqueeze(1)?),
    }
}

/// Is it a matrix of patches or blocks, or added to a product that stays in its precision?
fn is_multiplied(name: &str, tensor: &Tensor) -> bool {
    let is_matrix = tensor.rank() > 1;
    match Part::of(name) {
        Some((_, Part::Asking | Part::Widening)) => true,
        Some((_, Part::Projection | Part::Shrinking)) => is_matrix,
        None => is_matrix && name.starts_with("patch_embed"),
    }
}
