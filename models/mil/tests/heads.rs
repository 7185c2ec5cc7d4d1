//! Every head: the same numbers as PyTorch, and bags of every size.
//!
//! `models/mil/reference/make_heads_reference.py` wrote the fixture, with the parameters named as
//! published checkpoints name them.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use candle_core::{Device, Tensor};
use coverslip_mil::{Head, HeadConfig, MilError, checkpoint_key};

const REFERENCE: &[u8] = include_bytes!("fixtures/heads.safetensors");
const BAG_SIZES: [usize; 4] = [1, 2, 7, 300];
const DIMENSION: usize = 64;
const TOLERANCE: f32 = 1e-4;

/// Each case of the fixture: its name, and its configuration but for the dimension.
const CASES: [(&str, &str); 12] = [
    (
        "gated-abmil",
        r#""kind": "gated-abmil", "hidden": 32, "attention": 16"#,
    ),
    ("mean-pool", r#""kind": "mean-pool", "n_classes": 3"#),
    ("max-pool", r#""kind": "max-pool", "n_classes": 3"#),
    (
        "mean-mlp",
        r#""kind": "mean-mlp", "hidden": 32, "n_classes": 3"#,
    ),
    (
        "plain-abmil",
        r#""kind": "plain-abmil", "hidden": 32, "attention": 16, "n_classes": 3"#,
    ),
    (
        "clam-sb",
        r#""kind": "clam-sb", "hidden": 32, "attention": 16, "n_classes": 3"#,
    ),
    (
        "clam-mb",
        r#""kind": "clam-mb", "hidden": 32, "attention": 16, "n_classes": 3"#,
    ),
    (
        "dsmil",
        r#""kind": "dsmil", "query_width": 16, "n_classes": 3"#,
    ),
    (
        "dsmil-linear-value",
        r#""kind": "dsmil", "query_width": 16, "n_classes": 1,
           "query": "linear", "value": "linear""#,
    ),
    (
        "dsmil-relu-value",
        r#""kind": "dsmil", "query_width": 16, "n_classes": 2,
           "query": "two-layer", "value": "linear-relu""#,
    ),
    (
        "dtfd",
        r#""kind": "dtfd", "hidden": 32, "attention": 16, "pseudo_bags": 5, "n_classes": 3"#,
    ),
    (
        "trans-mil",
        r#""kind": "trans-mil", "hidden": 32, "heads": 4, "landmarks": 8, "n_classes": 3"#,
    ),
];

type Tensors = HashMap<String, Tensor>;

fn cases() -> Result<Vec<(&'static str, HeadConfig)>, Box<dyn Error>> {
    let config = |(name, rest): &(&'static str, &str)| {
        let json = format!(r#"{{"dimension": {DIMENSION}, {rest}}}"#);
        Ok((*name, serde_json::from_str(&json)?))
    };
    CASES.iter().map(config).collect()
}

fn reference() -> Result<Tensors, Box<dyn Error>> {
    Ok(candle_core::safetensors::load_buffer(
        REFERENCE,
        &Device::Cpu,
    )?)
}

/// The weights file of a case with the names of its checkpoint turned into ours.
fn weights(
    reference: &Tensors,
    case: &str,
    config: &HeadConfig,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let prefix = format!("{case}/weight/");
    let theirs = reference
        .iter()
        .filter_map(|(name, tensor)| Some((name.strip_prefix(&prefix)?, tensor)));
    let ours: Tensors = theirs
        .filter_map(|(name, tensor)| Some((checkpoint_key(config.kind(), name)?, tensor.clone())))
        .collect();
    Ok(safetensors::serialize(&ours, None)?)
}

fn head(reference: &Tensors, case: &str, config: &HeadConfig) -> Result<Head, Box<dyn Error>> {
    let weights = weights(reference, case, config)?;
    Ok(Head::from_safetensors(config, &weights)?)
}

/// The largest difference between two tensors of one shape.
fn difference(found: &Tensor, expected: &Tensor) -> Result<f32, Box<dyn Error>> {
    assert_eq!(found.dims(), expected.dims());
    let difference = (found - expected)?.abs()?.flatten_all()?.max(0)?;
    Ok(difference.to_scalar()?)
}

#[test]
fn every_head_says_what_pytorch_says() -> Result<(), Box<dyn Error>> {
    let reference = reference()?;
    for (case, config) in cases()? {
        let head = head(&reference, case, &config)?;
        for n in BAG_SIZES {
            let output = head.forward(&reference[&format!("bag/{n}")])?;
            let logits = difference(&output.logits, &reference[&format!("{case}/logits/{n}")])?;
            assert!(logits <= TOLERANCE, "{case} {n}: logits off by {logits}");
            let expected = &reference[&format!("{case}/attention/{n}")];
            let attention = difference(&output.attention, expected)?;
            assert!(attention <= TOLERANCE, "{case} {n}: attention {attention}");
        }
    }
    Ok(())
}

#[test]
fn the_fixture_holds_no_other_case() -> Result<(), Box<dyn Error>> {
    let reference = reference()?;
    let case = |name: &String| name.split('/').next().map(str::to_owned);
    let held: HashSet<String> = reference.keys().filter_map(case).collect();
    let tested = CASES.iter().map(|(case, _)| (*case).to_owned());
    assert_eq!(held, tested.chain(["bag".to_owned()]).collect());
    Ok(())
}

#[test]
fn an_empty_bag_says_so() -> Result<(), Box<dyn Error>> {
    let reference = reference()?;
    let empty = Tensor::from_vec(Vec::<f32>::new(), (0, DIMENSION), &Device::Cpu)?;
    for (case, config) in cases()? {
        let refused = head(&reference, case, &config)?.forward(&empty);
        assert!(matches!(refused, Err(MilError::EmptyBag)), "{case}");
    }
    Ok(())
}

#[test]
fn a_hundred_thousand_instances() -> Result<(), Box<dyn Error>> {
    const MANY: usize = 100_000;
    let reference = reference()?;
    let once = &reference["bag/300"];
    let repeated = once.repeat((MANY.div_ceil(300), 1))?.narrow(0, 0, MANY)?;
    for (case, config) in cases()? {
        let output = head(&reference, case, &config)?.forward(&repeated)?;
        assert_eq!(output.logits.dims(), [config.n_classes()], "{case}");
        let logits = output.logits.to_vec1::<f32>()?;
        assert!(logits.iter().all(|logit| logit.is_finite()), "{case}");
        for map in output.attention.to_vec2::<f32>()? {
            let sum: f64 = map.iter().copied().map(f64::from).sum();
            assert_eq!(map.len(), MANY);
            // TransMIL's class token keeps some for itself.
            let is_share =
                matches!(config, HeadConfig::TransMil { .. }) || (sum - 1.0).abs() < 1e-4;
            assert!(sum.is_finite() && is_share, "{case}: {sum}");
        }
    }
    Ok(())
}

#[test]
fn a_bag_of_one_is_its_instance() -> Result<(), Box<dyn Error>> {
    let reference = reference()?;
    let one = &reference["bag/1"];
    for (case, config) in cases()? {
        let output = head(&reference, case, &config)?.forward(one)?;
        let Some(instance_logits) = output.instance_logits else {
            assert_eq!(case, "trans-mil");
            continue;
        };
        assert_eq!(instance_logits.dims(), [1, config.n_classes()], "{case}");
        // The streams of DSMIL have classifiers of their own.
        if !matches!(config, HeadConfig::Dsmil { .. }) {
            let difference = difference(&instance_logits.squeeze(0)?, &output.logits)?;
            assert!(difference <= 1e-5, "{case}: {difference}");
        }
    }
    Ok(())
}

#[test]
fn configurations_go_to_json_and_back() -> Result<(), Box<dyn Error>> {
    for (_, config) in cases()? {
        let json = serde_json::to_string(&config)?;
        assert_eq!(serde_json::from_str::<HeadConfig>(&json)?, config, "{json}");
    }
    Ok(())
}
