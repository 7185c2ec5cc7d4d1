use super::{Known, numbered, replaced};
use crate::Place;

const IN_BLOCK: [(&str, &str); 6] = [
    ("ln_1.", "norm1."),
    ("ln_2.", "norm2."),
    ("attn.in_proj_", "attn.qkv."),
    ("attn.out_proj.", "attn.proj."),
    ("mlp.c_fc.", "mlp.fc1."),
    ("mlp.c_proj.", "mlp.fc2."),
];
const VISION: [(&str, &str); 5] = [
    ("class_embedding", "cls_token"),
    ("positional_embedding", "pos_embed"),
    ("conv1.", "patch_embed.proj."),
    ("ln_pre.", "norm_pre."),
    ("ln_post.", "norm."),
];
const TEXT: [(&str, &str); 4] = [
    ("token_embedding.weight", "text.token_embed"),
    ("positional_embedding", "text.pos_embed"),
    ("ln_final.", "text.norm."),
    ("logit_scale", "text.logit_scale"),
];

/// OpenAI's and open_clip's CLIP: the image tower below `visual.`, the text tower below nothing.
pub(super) fn place(found: &str) -> Known {
    let place = match found {
        "visual.proj" => Place::transposed("projection.weight"),
        "text_projection" => Place::transposed("text.projection.weight"),
        // Buffers, and settings that OpenAI's files hold as tensors.
        "attn_mask" | "input_resolution" | "context_length" | "vocab_size" => return Some(None),
        _ => match found.strip_prefix("visual.") {
            Some(name) => block(name).or_else(|| replaced(name, &VISION))?,
            None => match block(found) {
                Some(place) => place.within("text."),
                None => replaced(found, &TEXT)?,
            },
        },
    };
    Some(Some(place))
}

fn block(name: &str) -> Option<Place> {
    let (number, name) = name
        .strip_prefix("transformer.resblocks.")
        .and_then(numbered)?;
    let place = replaced(name, &IN_BLOCK)?;
    Some(place.within(&format!("blocks.{number}.")))
}
