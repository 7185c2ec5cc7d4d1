use candle_core::{CpuStorage, Error, Layout, Result, Shape, Storage, Tensor};

/// The values of a contiguous f32 tensor inside an operation.
pub(super) fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (start, end) = layout
        .contiguous_offsets()
        .ok_or_else(|| Error::Msg("a fused operation needs contiguous tensors".to_owned()).bt())?;
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// What an operation returns.
pub(super) fn result(values: Vec<f32>, shape: &Shape) -> (CpuStorage, Shape) {
    (CpuStorage::F32(values), shape.clone())
}

/// Calls `read` with the values of each tensor, made contiguous.
pub(super) fn read<const N: usize, R>(
    tensors: [&Tensor; N],
    read: impl FnOnce([&[f32]; N]) -> R,
) -> Result<R> {
    let tensors: Vec<Tensor> = tensors
        .into_iter()
        .map(Tensor::contiguous)
        .collect::<Result<_>>()?;
    let guards: Vec<_> = tensors.iter().map(Tensor::storage_and_layout).collect();
    let mut slices = [&[] as &[f32]; N];
    for (slice, (storage, layout)) in slices.iter_mut().zip(&guards) {
        let Storage::Cpu(storage) = &**storage else {
            return Err(Error::Msg("a fused operation runs on the CPU".to_owned()).bt());
        };
        *slice = values(storage, layout)?;
    }
    Ok(read(slices))
}

/// A tensor of the shape of `like`.
pub(super) fn shaped_like(values: Vec<f32>, like: &Tensor) -> Result<Tensor> {
    Tensor::from_vec(values, like.shape(), like.device())
}
