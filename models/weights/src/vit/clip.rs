use super::{Known, joined, numbered, replaced};
use crate::Place;

const QUERY_KEY_VALUE: [(&str, &str, usize); 3] = [
    ("self_attn.q_proj.", "attn.qkv.", 0),
    ("self_attn.k_proj.", "attn.qkv.", 1),
    ("self_attn.v_proj.", "attn.qkv.", 2),
];
const IN_BLOCK: [(&str, &str); 3] = [
    ("self_attn.out_proj.", "attn.proj."),
    ("layer_norm1.", "norm1."),
    ("layer_norm2.", "norm2."),
];
const VISION: [(&str, &str); 5] = [
    ("embeddings.class_embedding", "cls_token"),
    ("embeddings.patch_embedding.", "patch_embed.proj."),
    ("embeddings.position_embedding.weight", "pos_embed"),
    // So spelt in every checkpoint.
    ("pre_layrnorm.", "norm_pre."),
    ("post_layernorm.", "norm."),
];
const TEXT: [(&str, &str); 3] = [
    ("embeddings.token_embedding.weight", "token_embed"),
    ("embeddings.position_embedding.weight", "pos_embed"),
    ("final_layer_norm.", "norm."),
];

/// Hugging Face's `CLIPModel`.
pub(super) fn place(found: &str) -> Known {
    if let Some(rest) = found.strip_prefix("visual_projection.") {
        return Some(Some(Place::whole(format!("projection.{rest}"))));
    }
    if let Some(rest) = found.strip_prefix("text_projection.") {
        return Some(Some(Place::whole(format!("text.projection.{rest}"))));
    }
    if let Some(name) = found.strip_prefix("vision_model.") {
        return Some(tower(name, &VISION));
    }
    let name = found.strip_prefix("text_model.")?;
    Some(tower(name, &TEXT).map(|place| place.within("text.")))
}

fn tower(name: &str, outside: &[(&str, &str)]) -> Option<Place> {
    // A buffer, not a parameter.
    if name == "embeddings.position_ids" {
        return None;
    }
    let block = name.strip_prefix("encoder.layers.").and_then(numbered);
    let Some((number, name)) = block else {
        return Some(replaced(name, outside).unwrap_or_else(|| Place::whole(name)));
    };
    let place = joined(name, &QUERY_KEY_VALUE, 3).or_else(|| replaced(name, &IN_BLOCK));
    let place = place.unwrap_or_else(|| Place::whole(name));
    Some(place.within(&format!("blocks.{number}.")))
}
