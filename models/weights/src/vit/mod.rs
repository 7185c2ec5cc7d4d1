//! Where the tensors of published vision transformers belong in `models/encoder`, whose names are
//! timm's, with `text.` before those of a text tower.

mod clip;
mod conch;
mod open_clip;
mod timm;
mod transformers;

use crate::Place;

/// Where a tensor of a published vision transformer belongs in `models/encoder`.
///
/// Known are the names of timm, of Facebook's DINOv2, of Hugging Face's ViT, DINOv2 (with and
/// without registers) and CLIP, of open_clip, and of CONCH. `None` is what no embedding needs:
/// classification and caption heads, mask tokens. A name of none of these stays as it is, so that
/// a report lists it.
pub fn vit_place(found: &str) -> Option<Place> {
    let conventions = [
        conch::place,
        clip::place,
        open_clip::place,
        transformers::place,
    ];
    let known = conventions.iter().find_map(|place| place(found));
    known.unwrap_or_else(|| timm::place(found))
}

/// What a convention says of a name: nothing where it is not one of its own, and `Some(None)`
/// where the tensor is left out on purpose.
type Known = Option<Option<Place>>;

/// Number of the block, and the parameter in it: `3` and `norm1.weight` of `3.norm1.weight`.
fn numbered(name: &str) -> Option<(&str, &str)> {
    let (number, rest) = name.split_once('.')?;
    let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then_some((number, rest))
}

/// `{to}{rest}` of `{from}{rest}`, for the first pair that fits.
fn replaced(name: &str, pairs: &[(&str, &str)]) -> Option<Place> {
    pairs.iter().find_map(|(from, to)| {
        let rest = name.strip_prefix(from)?;
        Some(Place::whole(format!("{to}{rest}")))
    })
}

/// The part of a joined layer: `(from, to, index)`, where `from` is followed by `weight` or `bias`.
fn joined(name: &str, parts: &[(&str, &str, usize)], count: usize) -> Option<Place> {
    parts.iter().find_map(|(from, to, index)| {
        let rest = name.strip_prefix(from)?;
        Some(Place::part(format!("{to}{rest}"), *index, count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `None` for what is left out.
    fn assert_placed(names: &[(&str, Option<Place>)]) {
        for (name, place) in names {
            assert_eq!(vit_place(name), *place, "{name}");
        }
    }

    fn whole(name: &str) -> Option<Place> {
        Some(Place::whole(name))
    }

    fn part(name: &str, index: usize, count: usize) -> Option<Place> {
        Some(Place::part(name, index, count))
    }

    #[test]
    fn names_of_hugging_face_vit_and_dinov2() {
        let query = "encoder.layer.3.attention.attention.query.weight";
        assert_placed(&[
            (query, part("blocks.3.attn.qkv.weight", 0, 3)),
            (
                "dinov2.encoder.layer.0.attention.attention.value.bias",
                part("blocks.0.attn.qkv.bias", 2, 3),
            ),
            (
                "layers.0.attention.k_proj.bias",
                part("blocks.0.attn.qkv.bias", 1, 3),
            ),
            (
                "encoder.layer.1.attention.output.dense.bias",
                whole("blocks.1.attn.proj.bias"),
            ),
            (
                "encoder.layer.1.output.dense.weight",
                whole("blocks.1.mlp.fc2.weight"),
            ),
            (
                "encoder.layer.1.layer_scale2.lambda1",
                whole("blocks.1.ls2.gamma"),
            ),
            (
                "encoder.layer.1.mlp.weights_in.bias",
                whole("blocks.1.mlp.fc1.bias"),
            ),
            (
                "encoder.layer.1.mlp.up_proj.bias",
                part("blocks.1.mlp.fc1.bias", 1, 2),
            ),
            ("embeddings.position_embeddings", whole("pos_embed")),
            ("layernorm.weight", whole("norm.weight")),
            ("pooler.dense.weight", None),
            ("embeddings.mask_token", None),
        ]);
    }

    #[test]
    fn names_of_clip_in_both_houses() {
        let projection = Some(Place::transposed("projection.weight"));
        assert_placed(&[
            (
                "vision_model.encoder.layers.2.self_attn.q_proj.weight",
                part("blocks.2.attn.qkv.weight", 0, 3),
            ),
            (
                "text_model.encoder.layers.2.self_attn.v_proj.bias",
                part("text.blocks.2.attn.qkv.bias", 2, 3),
            ),
            ("vision_model.pre_layrnorm.bias", whole("norm_pre.bias")),
            ("visual_projection.weight", whole("projection.weight")),
            ("vision_model.embeddings.position_ids", None),
            ("visual.proj", projection),
            (
                "text_projection",
                Some(Place::transposed("text.projection.weight")),
            ),
            ("text_projection.weight", whole("text.projection.weight")),
            (
                "visual.transformer.resblocks.7.attn.in_proj_weight",
                whole("blocks.7.attn.qkv.weight"),
            ),
            (
                "transformer.resblocks.7.mlp.c_proj.bias",
                whole("text.blocks.7.mlp.fc2.bias"),
            ),
            ("logit_scale", whole("text.logit_scale")),
        ]);
    }

    #[test]
    fn names_of_conch() {
        assert_placed(&[
            (
                "visual.trunk.blocks.0.attn.qkv.bias",
                whole("blocks.0.attn.qkv.bias"),
            ),
            ("trunk.cls_token", whole("cls_token")),
            (
                "visual.attn_pool_contrast.attn.v_proj_weight",
                part("attn_pool.kv.weight", 1, 2),
            ),
            (
                "attn_pool_contrast.to_kv.weight",
                whole("attn_pool.kv.weight"),
            ),
            ("ln_contrast.bias", whole("attn_pool.norm.bias")),
            ("visual.attn_pool_caption.query", None),
            ("visual.proj_contrast", None),
            ("text.transformer.resblocks.0.ln_1.bias", None),
        ]);
    }
}
