use super::{numbered, replaced};
use crate::Place;

/// What training adds to a vision transformer and its embeddings do not need.
const ONLY_FOR_TRAINING: [&str; 5] = ["head.", "head_dist.", "dino_head.", "ibot_head.", "mask_"];

/// timm's own names stay. Those of Facebook's DINOv2 become timm's: `register_tokens`, SwiGLU's
/// `w12` and `w3` (both pack the gate before the value), and blocks in chunks (`blocks.1.7.` is
/// block 7).
pub(super) fn place(found: &str) -> Option<Place> {
    if ONLY_FOR_TRAINING.iter().any(|part| found.starts_with(part)) {
        return None;
    }
    if found == "register_tokens" {
        return Some(Place::whole("reg_token"));
    }
    let Some((number, parameter)) = found.strip_prefix("blocks.").and_then(block) else {
        return Some(Place::whole(found));
    };
    let swiglu = [("mlp.w12.", "mlp.fc1."), ("mlp.w3.", "mlp.fc2.")];
    let place = replaced(parameter, &swiglu).unwrap_or_else(|| Place::whole(parameter));
    Some(place.within(&format!("blocks.{number}.")))
}

/// Number of the block, and the parameter in it; the number of a chunk before it is dropped.
fn block(inside: &str) -> Option<(&str, &str)> {
    let (number, parameter) = numbered(inside)?;
    Some(numbered(parameter).unwrap_or((number, parameter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(found: &str) -> Option<String> {
        place(found).map(|place| place.name)
    }

    #[test]
    fn names_of_timm_stay() {
        for found in [
            "cls_token",
            "reg_token",
            "pos_embed",
            "patch_embed.proj.weight",
            "norm_pre.bias",
            "norm.weight",
            "fc_norm.weight",
            "blocks.0.norm1.weight",
            "blocks.11.attn.qkv.bias",
            "blocks.11.mlp.fc1.weight",
            "blocks.11.ls2.gamma",
        ] {
            assert_eq!(name(found).as_deref(), Some(found));
        }
    }

    #[test]
    fn names_of_dinov2_become_those_of_timm() {
        for (found, ours) in [
            ("register_tokens", "reg_token"),
            ("blocks.3.mlp.w12.weight", "blocks.3.mlp.fc1.weight"),
            ("blocks.3.mlp.w3.bias", "blocks.3.mlp.fc2.bias"),
            ("blocks.1.17.ls1.gamma", "blocks.17.ls1.gamma"),
            ("blocks.1.17.mlp.w3.bias", "blocks.17.mlp.fc2.bias"),
        ] {
            assert_eq!(name(found).as_deref(), Some(ours));
        }
    }

    #[test]
    fn what_only_training_needs_is_left_out() {
        for found in ["head.weight", "mask_token", "dino_head.mlp.0.weight"] {
            assert_eq!(name(found), None);
        }
        assert_eq!(name("header.weight").as_deref(), Some("header.weight"));
    }
}
