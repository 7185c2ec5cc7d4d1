use parameters::{Declaration, Initial};

use super::BlockShape;
use crate::{Architecture, AttentionPooling, Pooling};

const TOKEN: Initial = Initial::TruncatedNormal { std: 0.02 };
/// First value of LayerScale when training from nothing (Touvron et al. 2021, shallow models).
const LAYER_SCALE: Initial = Initial::Constant(0.1);

/// Every parameter of the architecture, by timm's names.
pub(crate) fn declarations(architecture: &Architecture) -> Vec<Declaration> {
    let width = architecture.width;
    let patch = architecture.patch_px as usize;
    let mut all = vec![
        Declaration::new("cls_token", &[1, 1, width], TOKEN),
        Declaration::new("pos_embed", &[1, architecture.n_positions(), width], TOKEN),
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
    all.extend(blocks(architecture.block(), architecture.depth));
    all.extend(Declaration::layer_norm("norm", width));
    if let Pooling::Attention(pooling) = architecture.pooling {
        all.extend(attention_pooling(pooling, width));
    }
    if let Some(values) = architecture.projection {
        let shape = [values, architecture.pooled_width()];
        all.push(Declaration::new(
            "projection.weight",
            &shape,
            Initial::Glorot,
        ));
    }
    all
}

/// Every parameter of `depth` blocks.
pub(crate) fn blocks(shape: BlockShape, depth: usize) -> Vec<Declaration> {
    let blocks = (0..depth).map(|number| block(shape, &format!("blocks.{number}")));
    blocks.collect::<Vec<_>>().concat()
}

fn block(shape: BlockShape, name: &str) -> Vec<Declaration> {
    let (width, mlp) = (shape.width, shape.mlp);
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
    if shape.layer_scale {
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

fn attention_pooling(pooling: AttentionPooling, tokens: usize) -> Vec<Declaration> {
    let width = pooling.width;
    let matrix = |name: &str, shape| Declaration::new(name, shape, Initial::Glorot);
    let mut all = vec![
        Declaration::new(
            "attn_pool.query",
            &[1, width],
            Initial::TruncatedNormal { std: 1.0 },
        ),
        matrix("attn_pool.q.weight", &[width, width]),
        matrix("attn_pool.kv.weight", &[2 * width, tokens]),
        matrix("attn_pool.out.weight", &[width, width]),
    ];
    all.extend(Declaration::layer_norm("attn_pool.ln_q", width));
    all.extend(Declaration::layer_norm("attn_pool.ln_k", tokens));
    all.extend(Declaration::layer_norm("attn_pool.norm", width));
    if pooling.bias {
        let zeros = Initial::Constant(0.0);
        all.push(Declaration::new("attn_pool.qkv_bias", &[3 * width], zeros));
        all.push(Declaration::new("attn_pool.out.bias", &[width], zeros));
    }
    all
}
