use std::fmt;

/// The kind of file that tensors were found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Safetensors,
    /// A folder with `model.safetensors.index.json`.
    ShardedSafetensors,
    /// What `torch.save` writes since PyTorch 1.6.
    TorchZip,
    /// What `torch.save` wrote before.
    TorchLegacy,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safetensors => "safetensors",
            Self::ShardedSafetensors => "safetensors in shards",
            Self::TorchZip => "PyTorch zip",
            Self::TorchLegacy => "PyTorch legacy",
        })
    }
}
