use super::{Known, joined, numbered, replaced};
use crate::Place;

/// Around the model where it was saved with a classification head.
const WRAPPERS: [&str; 3] = ["vit.", "dinov2.", "dinov2_with_registers."];
const BLOCKS: [&str; 3] = ["encoder.layer.", "encoder.layers.", "layers."];
const QUERY_KEY_VALUE: [(&str, &str, usize); 6] = [
    ("attention.attention.query.", "attn.qkv.", 0),
    ("attention.attention.key.", "attn.qkv.", 1),
    ("attention.attention.value.", "attn.qkv.", 2),
    ("attention.q_proj.", "attn.qkv.", 0),
    ("attention.k_proj.", "attn.qkv.", 1),
    ("attention.v_proj.", "attn.qkv.", 2),
];
const GATE_AND_VALUE: [(&str, &str, usize); 2] = [
    ("mlp.gate_proj.", "mlp.fc1.", 0),
    ("mlp.up_proj.", "mlp.fc1.", 1),
];
const IN_BLOCK: [(&str, &str); 13] = [
    ("attention.output.dense.", "attn.proj."),
    ("attention.o_proj.", "attn.proj."),
    ("layernorm_before.", "norm1."),
    ("layernorm_after.", "norm2."),
    ("norm1.", "norm1."),
    ("norm2.", "norm2."),
    ("intermediate.dense.", "mlp.fc1."),
    ("output.dense.", "mlp.fc2."),
    ("mlp.weights_in.", "mlp.fc1."),
    ("mlp.weights_out.", "mlp.fc2."),
    ("mlp.down_proj.", "mlp.fc2."),
    ("layer_scale1.lambda1", "ls1.gamma"),
    ("layer_scale2.lambda1", "ls2.gamma"),
];
const OUTSIDE: [(&str, &str); 5] = [
    ("embeddings.cls_token", "cls_token"),
    ("embeddings.register_tokens", "reg_token"),
    ("embeddings.position_embeddings", "pos_embed"),
    (
        "embeddings.patch_embeddings.projection.",
        "patch_embed.proj.",
    ),
    ("layernorm.", "norm."),
];

/// Hugging Face's `ViTModel`, `Dinov2Model` and `Dinov2WithRegistersModel`, as published and as
/// newer versions of the library name the same layers.
pub(super) fn place(found: &str) -> Known {
    let inside = WRAPPERS.iter().find_map(|part| found.strip_prefix(part));
    let name = inside.unwrap_or(found);
    if ["pooler.", "classifier.", "embeddings.mask_token"]
        .iter()
        .any(|part| name.starts_with(part))
    {
        return Some(None);
    }
    let block = BLOCKS.iter().find_map(|part| name.strip_prefix(part));
    let Some((number, name)) = block.and_then(numbered) else {
        return replaced(name, &OUTSIDE).map(Some);
    };
    let place = joined(name, &QUERY_KEY_VALUE, 3)
        .or_else(|| joined(name, &GATE_AND_VALUE, 2))
        .or_else(|| replaced(name, &IN_BLOCK))
        .unwrap_or_else(|| Place::whole(name));
    Some(Some(place.within(&format!("blocks.{number}."))))
}
