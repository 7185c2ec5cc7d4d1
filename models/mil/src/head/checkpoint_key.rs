use super::HeadKind;

/// Our name of a parameter that a published checkpoint calls `name`; `None` for what this head has
/// no use for, such as the instance classifiers of CLAM.
///
/// `module.` and a leading `model.`, which wrappers add, are left out. Read are the names of CLAM
/// (Lu et al. 2021), DSMIL (Li et al. 2021), DTFD (Zhang et al. 2022), TransMIL (Shao et al. 2021), and
/// of the gated attention of Ilse et al. (2018) and of FEATHER. Our own names stay as they are where the papers left none.
pub fn checkpoint_key(kind: HeadKind, name: &str) -> Option<String> {
    let bare = name.replace("module.", "");
    let bare = bare.strip_prefix("model.").unwrap_or(&bare);
    if kind == HeadKind::TransMil && bare == "cls_token" {
        return Some("class_token".to_owned());
    }
    let (layer, value) = bare.rsplit_once('.')?;
    if !matches!(value, "weight" | "bias") {
        return None;
    }
    let ours = match kind {
        HeadKind::GatedAbmil => gated_abmil(layer)?,
        HeadKind::ClamSb => clam_sb(layer)?,
        HeadKind::ClamMb => clam_mb(layer)?,
        HeadKind::Dsmil => dsmil(layer)?,
        HeadKind::Dtfd => dtfd(layer)?,
        HeadKind::TransMil => trans_mil(layer)?,
        HeadKind::MeanPool | HeadKind::MaxPool => one_of(layer, &["classifier"])?,
        HeadKind::MeanMlp => one_of(layer, &["projection", "classifier"])?,
        HeadKind::PlainAbmil => {
            let ours = ["projection", "attention_V", "attention_w", "classifier"];
            one_of(layer, &ours)?
        }
    };
    Some(format!("{ours}.{value}"))
}

fn one_of<'a>(layer: &'a str, ours: &[&str]) -> Option<&'a str> {
    ours.contains(&layer).then_some(layer)
}

fn gated_abmil(layer: &str) -> Option<&str> {
    Some(match layer {
        "projection" | "patch_embed.0" => "projection",
        "attention_V.0" | "global_attn.attention_a.0" => "attention_V",
        "attention_U.0" | "global_attn.attention_b.0" => "attention_U",
        "attention_w" | "attention_weights" | "global_attn.attention_c" => "attention_w",
        "classifier" | "classifier.0" => "detection",
        _ => return None,
    })
}

/// The attention follows the projection at 3 where there is dropout between them, else at 2.
fn clam_trunk(layer: &str) -> Option<&str> {
    Some(match layer {
        "attention_net.0" => "projection",
        "attention_net.2.attention_a.0" | "attention_net.3.attention_a.0" => "attention_V",
        "attention_net.2.attention_b.0" | "attention_net.3.attention_b.0" => "attention_U",
        "attention_net.2.attention_c" | "attention_net.3.attention_c" => "attention_w",
        _ => return None,
    })
}

fn clam_sb(layer: &str) -> Option<&str> {
    match layer {
        "classifiers" => Some("classifier"),
        _ => clam_trunk(layer),
    }
}

fn clam_mb(layer: &str) -> Option<&str> {
    match layer.strip_prefix("classifiers.") {
        Some(class) => class.parse::<usize>().is_ok().then_some(layer),
        None => clam_trunk(layer),
    }
}

/// The names of both releases: the query of the first is a single layer.
fn dsmil(layer: &str) -> Option<&str> {
    Some(match layer {
        "i_classifier.fc.0" | "i_classifier.fc" => "instance_classifier",
        "b_classifier.q.0" => "query_hidden",
        "b_classifier.q.2" | "b_classifier.q" => "query",
        "b_classifier.v.1" => "value",
        "b_classifier.fcc" => "bag_classifier",
        _ => return None,
    })
}

/// The original keeps four modules in one dictionary; names are joined with a dot.
fn dtfd(layer: &str) -> Option<&str> {
    Some(match layer {
        "dim_reduction.fc1" => "projection",
        "attention.attention_V.0" => "first.attention_V",
        "attention.attention_U.0" => "first.attention_U",
        "attention.attention_weights" => "first.attention_w",
        "classifier.fc" => "first.classifier",
        "att_classifier.attention.attention_V.0" => "second.attention_V",
        "att_classifier.attention.attention_U.0" => "second.attention_U",
        "att_classifier.attention.attention_weights" => "second.attention_w",
        "att_classifier.classifier.fc" => "second.classifier",
        _ => return None,
    })
}

fn trans_mil(layer: &str) -> Option<&str> {
    Some(match layer {
        "_fc1.0" => "projection",
        "layer1.norm" | "layer2.norm" | "norm" => layer,
        "layer1.attn.to_qkv" => "layer1.query_key_value",
        "layer1.attn.to_out.0" => "layer1.output",
        "layer1.attn.res_conv" => "layer1.residual",
        "layer2.attn.to_qkv" => "layer2.query_key_value",
        "layer2.attn.to_out.0" => "layer2.output",
        "layer2.attn.res_conv" => "layer2.residual",
        "pos_layer.proj" => "position.seven",
        "pos_layer.proj1" => "position.five",
        "pos_layer.proj2" => "position.three",
        "_fc2" => "classifier",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_named(kind: HeadKind, pairs: &[(&str, Option<&str>)]) {
        for (theirs, ours) in pairs {
            assert_eq!(checkpoint_key(kind, theirs).as_deref(), *ours, "{theirs}");
        }
    }

    #[test]
    fn both_releases_of_dsmil() {
        let pairs = [
            (
                "i_classifier.fc.0.weight",
                Some("instance_classifier.weight"),
            ),
            ("i_classifier.fc.bias", Some("instance_classifier.bias")),
            ("b_classifier.q.0.weight", Some("query_hidden.weight")),
            ("b_classifier.q.2.bias", Some("query.bias")),
            ("b_classifier.q.weight", Some("query.weight")),
            ("b_classifier.v.1.weight", Some("value.weight")),
            ("b_classifier.fcc.weight", Some("bag_classifier.weight")),
            ("i_classifier.feature_extractor.conv1.weight", None),
        ];
        assert_named(HeadKind::Dsmil, &pairs);
    }

    #[test]
    fn clam_with_and_without_dropout_and_wrapper() {
        let trunk = [
            ("attention_net.0.weight", Some("projection.weight")),
            (
                "attention_net.2.attention_a.0.weight",
                Some("attention_V.weight"),
            ),
            (
                "attention_net.3.attention_b.0.bias",
                Some("attention_U.bias"),
            ),
            ("attention_net.module.0.bias", Some("projection.bias")),
            (
                "attention_net.module.3.attention_c.weight",
                Some("attention_w.weight"),
            ),
            ("instance_classifiers.0.weight", None),
            ("instance_loss_fn.labels", None),
        ];
        assert_named(HeadKind::ClamSb, &trunk);
        assert_named(HeadKind::ClamMb, &trunk);
        assert_named(
            HeadKind::ClamSb,
            &[
                ("classifiers.weight", Some("classifier.weight")),
                ("classifiers.0.weight", None),
            ],
        );
        assert_named(
            HeadKind::ClamMb,
            &[
                ("classifiers.1.weight", Some("classifiers.1.weight")),
                ("classifiers.weight", None),
            ],
        );
    }

    #[test]
    fn trans_mil_and_gated_attention() {
        let pairs = [
            ("cls_token", Some("class_token")),
            (
                "model.layer2.attn.to_qkv.weight",
                Some("layer2.query_key_value.weight"),
            ),
            ("pos_layer.proj1.bias", Some("position.five.bias")),
            ("norm.weight", Some("norm.weight")),
            ("cls_token.weight", None),
        ];
        assert_named(HeadKind::TransMil, &pairs);
        let pairs = [
            ("model.patch_embed.0.weight", Some("projection.weight")),
            (
                "global_attn.attention_a.0.weight",
                Some("attention_V.weight"),
            ),
            ("attention_weights.bias", Some("attention_w.bias")),
            ("classifier.0.weight", Some("detection.weight")),
            ("projection", None),
        ];
        assert_named(HeadKind::GatedAbmil, &pairs);
    }
}
