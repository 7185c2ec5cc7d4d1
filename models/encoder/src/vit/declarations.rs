use parameters::{Declaration, Initial};

use crate::{Architecture, PositionEmbedding};

const TOKEN: Initial = Initial::TruncatedNormal { std: 0.02 };
/// First value of LayerScale when training from nothing (Touvron et al. 2021, shallow models).
const LAYER_SCALE: Initial = Initial::Constant(0.1);

/// Every parameter of the architecture, by timm's names.
pub(crate) fn declarations(architecture: &Architecture) -> Vec<Declaration> {
    let width = architecture.width;
    let patch = architecture.patch_px as usize;
    let mut all = vec![
        Declaration::new("cls_token", &[1, 1, width], TOKEN),
        Declaration::new("pos_embed", &[1, n_positions(architecture), width], TOKEN),
        Declaration::new("patch_embed.proj.weight", &[width, 3, patch, patch], TOKEN),
    ];
    if architecture.has_patch_bias() {
        let zeros = Initial::Constant(0.0);
        all.push(Declaration::new("patch_embed.proj.bias", &[width], zeros));
    }
    if architecture.registers > 0 {
        all.push(Declaration::new(
            "reg_token",
            &[1, architecture.registers, width],
            TOKEN,
        ));
    }
    if architecture.pre_norm {
        all.extend(Declaration::layer_norm("norm_pre", width));
    }
    for number in 0..architecture.depth {
        all.extend(block(architecture, &format!("blocks.{number}")));
    }
    all.extend(Declaration::layer_norm("norm", width));
    all
}

fn n_positions(architecture: &Architecture) -> usize {
    match architecture.position_embedding {
        PositionEmbedding::PrefixAndPatches => architecture.n_prefix() + architecture.n_patches(),
        PositionEmbedding::Patches => architecture.n_patches(),
    }
}

fn block(architecture: &Architecture, name: &str) -> Vec<Declaration> {
    let (width, mlp) = (architecture.width, architecture.mlp);
    let mut all = Vec::new();
    all.extend(Declaration::layer_norm(&format!("{name}.norm1"), width));
    all.extend(Declaration::linear(
        &format!("{name}.attn.qkv"),
        width,
        3 * width,
    ));
    all.extend(Declaration::linear(
        &format!("{name}.attn.proj"),
        width,
        width,
    ));
    all.extend(Declaration::layer_norm(&format!("{name}.norm2"), width));
    all.extend(Declaration::linear(
        &format!("{name}.mlp.fc1"),
        width,
        mlp.outer(width),
    ));
    all.extend(Declaration::linear(
        &format!("{name}.mlp.fc2"),
        mlp.inner(width),
        width,
    ));
    if architecture.layer_scale {
        for branch in ["ls1", "ls2"] {
            all.push(Declaration::new(
                format!("{name}.{branch}.gamma"),
                &[width],
                LAYER_SCALE,
            ));
        }
    }
    all
}
