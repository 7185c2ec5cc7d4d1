/// What training adds to a vision transformer and its embeddings do not need.
const ONLY_FOR_TRAINING: [&str; 5] = ["head.", "head_dist.", "dino_head.", "ibot_head.", "mask_"];

/// The name that `models/encoder` gives a parameter of a vision transformer: timm's.
///
/// timm's own names stay. DINOv2's become timm's: `register_tokens`, SwiGLU's `w12` and `w3`, and
/// blocks in chunks (`blocks.1.7.` is block 7). `None` for classification heads and mask tokens,
/// which no embedding needs. A name of neither stays too, so that a report lists it.
pub fn vit_name(found: &str) -> Option<String> {
    if ONLY_FOR_TRAINING.iter().any(|part| found.starts_with(part)) {
        return None;
    }
    if found == "register_tokens" {
        return Some("reg_token".to_owned());
    }
    let Some((number, parameter)) = found.strip_prefix("blocks.").and_then(block) else {
        return Some(found.to_owned());
    };
    let parameter = swiglu(parameter).unwrap_or_else(|| parameter.to_owned());
    Some(format!("blocks.{number}.{parameter}"))
}

/// Number of the block, and the parameter in it; the number of a chunk before it is dropped.
fn block(inside: &str) -> Option<(&str, &str)> {
    let (number, parameter) = numbered(inside)?;
    Some(numbered(parameter).unwrap_or((number, parameter)))
}

fn numbered(name: &str) -> Option<(&str, &str)> {
    let (number, rest) = name.split_once('.')?;
    let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then_some((number, rest))
}

/// Both pack the gate before the value, so that only the names differ.
fn swiglu(parameter: &str) -> Option<String> {
    let layer = parameter.strip_prefix("mlp.")?;
    let outer = layer.strip_prefix("w12.").map(|rest| ("fc1", rest));
    let inner = || layer.strip_prefix("w3.").map(|rest| ("fc2", rest));
    let (layer, rest) = outer.or_else(inner)?;
    Some(format!("mlp.{layer}.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_timm_stay() {
        for name in [
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
            assert_eq!(vit_name(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn names_of_dinov2_become_those_of_timm() {
        for (name, ours) in [
            ("register_tokens", "reg_token"),
            ("blocks.3.mlp.w12.weight", "blocks.3.mlp.fc1.weight"),
            ("blocks.3.mlp.w3.bias", "blocks.3.mlp.fc2.bias"),
            ("blocks.1.17.ls1.gamma", "blocks.17.ls1.gamma"),
            ("blocks.1.17.mlp.w3.bias", "blocks.17.mlp.fc2.bias"),
        ] {
            assert_eq!(vit_name(name).as_deref(), Some(ours));
        }
    }

    #[test]
    fn what_only_training_needs_is_left_out() {
        for name in ["head.weight", "mask_token", "dino_head.mlp.0.weight"] {
            assert_eq!(vit_name(name), None);
        }
        assert_eq!(vit_name("header.weight").as_deref(), Some("header.weight"));
    }
}
