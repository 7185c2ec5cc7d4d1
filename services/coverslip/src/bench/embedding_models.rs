//! The shapes that are embedded, who embeds each, and what we promise of it.

use anyhow::{Context, Result};
use encoder::{InstructionSet, Published};
use flow::Precision;
use serde_json::{Value, json};

use super::embedding_engine::Engine;

/// A published shape, with weights drawn at random.
pub(super) struct Model {
    pub(super) title: &'static str,
    published: &'static str,
    /// Its name in timm.
    timm: &'static str,
    depth: Depth,
    /// How many times the best peer in its best precision we promise.
    promised: f64,
}

#[derive(Clone, Copy)]
enum Depth {
    Whole,
    /// So many blocks, all alike: what one costs is what counts, and the weights stay small.
    Reduced(usize),
}

pub(super) const MODELS: [Model; 5] = [
    Model {
        title: "ViT-S/16",
        published: "kaiko-s16",
        timm: "vit_small_patch16_224",
        depth: Depth::Whole,
        promised: 1.5,
    },
    Model {
        title: "ViT-B/16",
        published: "kaiko-b16",
        timm: "vit_base_patch16_224",
        depth: Depth::Whole,
        promised: 1.3,
    },
    Model {
        title: "ViT-L/16 (UNI), 4 blocks",
        published: "uni",
        timm: "vit_large_patch16_224",
        depth: Depth::Reduced(4),
        promised: 1.2,
    },
    Model {
        title: "ViT-H/14 with 8 registers (UNI2-h), 2 blocks",
        published: "uni2-h",
        timm: "vit_giant_patch14_224",
        depth: Depth::Reduced(2),
        promised: 1.2,
    },
    Model {
        title: "ViT-g/14 with 4 registers (H-optimus-0), 2 blocks",
        published: "h-optimus-0",
        timm: "vit_giant_patch14_224",
        depth: Depth::Reduced(2),
        promised: 1.2,
    },
];

impl Model {
    /// As published, but for its depth.
    pub(super) fn shape(&self) -> Result<Published> {
        let mut published = Published::all()?.into_iter();
        let mut shape = published
            .find(|shape| shape.name == self.published)
            .context("the encoder is published")?;
        if let Depth::Reduced(depth) = self.depth {
            shape.architecture.depth = depth;
        }
        Ok(shape)
    }

    /// How timm makes it, and how its tiles are normalised.
    pub(super) fn in_timm(&self, shape: &Published) -> Result<Value> {
        let architecture = serde_json::to_value(&shape.architecture)?;
        let swiglu = architecture["mlp"]["activation"] == "swiglu-packed";
        let registers = &architecture["registers"];
        Ok(json!({
            "model_name": self.timm,
            "depth": architecture["depth"],
            "width": architecture["width"],
            "heads": architecture["heads"],
            "mlp_ratio": architecture["mlp"]["ratio"],
            "swiglu": swiglu,
            "layer_scale": architecture["layer_scale"],
            "registers": registers,
            "positions_of_patches_only": architecture["position_embedding"] == "patches",
            "mean": shape.input.mean,
            "std": shape.input.std,
        }))
    }

    pub(super) fn is_whole(&self) -> bool {
        matches!(self.depth, Depth::Whole)
    }

    pub(super) fn duels(&self) -> Vec<Duel> {
        match self.depth {
            Depth::Whole => Duel::of_each_precision(self.promised),
            Depth::Reduced(_) => vec![Duel::of_the_best(self.promised)],
        }
    }
}

/// Ours against peers, the best of each.
pub(super) struct Duel {
    pub(super) what: &'static str,
    pub(super) ours: Vec<(Precision, Option<InstructionSet>)>,
    pub(super) peers: Vec<Engine>,
    pub(super) promised: f64,
}

impl Duel {
    fn of_each_precision(promised: f64) -> Vec<Self> {
        let f32_on = |what, set, peer| Self {
            what,
            ours: vec![(Precision::F32, Some(set))],
            peers: vec![peer],
            promised: 1.0,
        };
        let openvino = |isa| Engine::OpenVinoF32 { isa };
        let (avx512, avx2) = (InstructionSet::Avx512, InstructionSet::Avx2);
        vec![
            f32_on("f32, AVX-512", avx512, openvino("AVX512_CORE")),
            f32_on("f32, AVX2", avx2, openvino("AVX2")),
            f32_on("f32, AVX2", avx2, Engine::TorchF32Avx2),
            Self {
                what: "best precision",
                ours: vec![(Precision::F32, None), (Precision::Bf16, None)],
                peers: vec![Engine::OpenVinoBf16, Engine::TorchCompileBf16],
                promised,
            },
            Self {
                what: "int8",
                ours: vec![(Precision::Int8, None)],
                peers: vec![Engine::OpenVinoInt8],
                promised: 1.0,
            },
        ]
    }

    fn of_the_best(promised: f64) -> Self {
        Self {
            what: "best precision",
            ours: vec![(Precision::F32, None), (Precision::Bf16, None)],
            peers: vec![
                Engine::OpenVinoF32 { isa: "ALL" },
                Engine::OpenVinoBf16,
                Engine::TorchCompileBf16,
            ],
            promised,
        }
    }
}
