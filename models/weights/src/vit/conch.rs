use super::{Known, joined, replaced, timm};
use crate::Place;

/// Captions, and the text tower, which has a vocabulary of its own.
const NOT_FOR_EMBEDDINGS: [&str; 7] = [
    "visual.attn_pool_caption.",
    "visual.ln_caption.",
    "visual.proj_contrast",
    "visual.head.",
    "text.",
    "text_decoder.",
    "proj_contrast",
];

/// CONCH (`visual.trunk.` and so on) and CONCH 1.5 (the same without `visual.`).
pub(super) fn place(found: &str) -> Known {
    if NOT_FOR_EMBEDDINGS
        .iter()
        .any(|part| found.starts_with(part))
    {
        return Some(None);
    }
    let name = found.strip_prefix("visual.").unwrap_or(found);
    if let Some(name) = name.strip_prefix("trunk.") {
        return Some(timm::place(name));
    }
    if let Some(rest) = name.strip_prefix("ln_contrast.") {
        return Some(Some(Place::whole(format!("attn_pool.norm.{rest}"))));
    }
    let name = name.strip_prefix("attn_pool_contrast.")?;
    let place = attention(name).unwrap_or_else(|| Place::whole(name));
    Some(Some(place.within("attn_pool.")))
}

/// PyTorch's own attention in CONCH, three linear layers in CONCH 1.5.
fn attention(name: &str) -> Option<Place> {
    let halves = [("attn.k_proj_", "kv.", 0), ("attn.v_proj_", "kv.", 1)];
    let whole = [
        ("attn.q_proj_", "q."),
        ("attn.in_proj_bias", "qkv_bias"),
        ("attn.out_proj.", "out."),
        ("to_q.", "q."),
        ("to_kv.", "kv."),
        ("to_out.", "out."),
    ];
    joined(name, &halves, 2).or_else(|| replaced(name, &whole))
}
