//! The Python engines that embed the same tiles.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::peers;
use super::python_peer::PythonPeer;

#[derive(Clone, Copy, Debug)]
pub(super) enum Engine {
    /// With no better instructions than oneDNN's name of an instruction set says.
    OpenVinoF32 {
        isa: &'static str,
    },
    OpenVinoBf16,
    /// Weights and activations in int8 by NNCF, calibrated on the very tiles; all else in f32.
    OpenVinoInt8,
    /// With AVX2 and nothing better.
    TorchF32Avx2,
    TorchCompileBf16,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::OpenVinoF32 { .. } => "openvino-f32",
            Self::OpenVinoBf16 => "openvino-bf16",
            Self::OpenVinoInt8 => "openvino-int8",
            Self::TorchF32Avx2 => "torch-f32",
            Self::TorchCompileBf16 => "torch-compile-bf16",
        }
    }

    /// How the engine is held to an instruction set, if it is.
    fn environment(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::OpenVinoF32 { isa } => vec![("ONEDNN_MAX_CPU_ISA", isa)],
            Self::TorchF32Avx2 => vec![
                ("ONEDNN_MAX_CPU_ISA", "AVX2"),
                ("MKL_ENABLE_INSTRUCTIONS", "AVX2"),
                ("ATEN_CPU_CAPABILITY", "avx2"),
            ],
            Self::OpenVinoBf16 | Self::OpenVinoInt8 | Self::TorchCompileBf16 => Vec::new(),
        }
    }

    /// `files` are the weights and the tiles, `timm` how it makes the model.
    pub(super) fn start(
        self,
        timm: &Value,
        files: [&Path; 2],
        n_cores: usize,
    ) -> Result<PythonPeer> {
        let mut command = peers::python("tests/bench/embed_peer.py");
        command.arg(self.name()).arg(timm.to_string()).args(files);
        command.arg(n_cores.to_string());
        command.envs(self.environment());
        PythonPeer::start(command, self.name(), n_cores)
    }
}
