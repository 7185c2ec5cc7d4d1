//! Every head: the same numbers as PyTorch, and bags of every size.
//!
//! `models/mil/reference/make_heads_reference.py` wrote the fixture, with the parameters named as
//! published checkpoints name them.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use candle_core::{Device, Tensor};
use coverslip_mil::{DsmilQuery, DsmilValue, Head, HeadConfig, MilError, checkpoint_key};

const REFERENCE: &[u8] = include_bytes!("fixtures/heads.safetensors");
const BAG_SIZES: [usize; 4] = [1, 2, 7, 300];
const DIMENSION: u32 = 64;
const HIDDEN: usize = 32;
const ATTENTION: usize = 16;
const CLASSES: usize = 3;
const TOLERANCE: f32 = 1e-4;

type Tensors = HashMap<String, Tensor>;

fn dsmil(query: DsmilQuery, value: DsmilValue, n_classes: usize) -> HeadConfig {
    HeadConfig::Dsmil {
        dimension: DIMENSION,
        query_width: ATTENTION,
        query,
        value,
        n_classes,
    }
}

/// Each case of the fixture by its name.
fn cases() -> Vec<(&'static str, HeadConfig)> {
    let (dimension, hidden, attention, n_classes) = (DIMENSION, HIDDEN, ATTENTION, CLASSES);
    let gated = HeadConfig::GatedAbmil {
        dimension,
        hidden,
        attention,
        highest_grade: None,
    };
    let mean_mlp = HeadConfig::MeanMlp {
        dimension,
        hidden,
        n_classes,
    };
    let plain = HeadConfig::PlainAbmil {
        dimension,
        hidden,
        attention,
        n_classes,
    };
    let clam_sb = HeadConfig::ClamSb {
        dimension,
        hidden,
        attention,
        n_classes,
    };
    let clam_mb = HeadConfig::ClamMb {
        dimension,
        hidden,
        attention,
        n_classes,
    };
    let trans_mil = HeadConfig::TransMil {
        dimension,
        hidden,
        heads: 4,
        landmarks: 8,
        n_classes,
    };
    let [mean, max] = [
        HeadConfig::MeanPool {
            dimension,
            n_classes,
        },
        HeadConfig::MaxPool {
            dimension,
            n_classes,
        },
    ];
    let relu_value = dsmil(DsmilQuery::TwoLayer, DsmilValue::LinearRelu, 2);
    vec![
        ("gated-abmil", gated),
        ("mean-pool", mean),
        ("max-pool", max),
        ("mean-mlp", mean_mlp),
        ("plain-abmil", plain),
        ("clam-sb", clam_sb),
        ("clam-mb", clam_mb),
        (
            "dsmil",
            dsmil(DsmilQuery::TwoLayer, DsmilValue::Identity, CLASSES),
        ),
        (
            "dsmil-linear-value",
            dsmil(DsmilQuery::Linear, DsmilValue::Linear, 1),
        ),
        ("dsmil-relu-value", relu_value),
        ("trans-mil", trans_mil),
    ]
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
    for (case, config) in cases() {
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
    let tested = cases().into_iter().map(|(case, _)| case.to_owned());
    assert_eq!(held, tested.chain(["bag".to_owned()]).collect());
    Ok(())
}

#[test]
fn an_empty_bag_says_so() -> Result<(), Box<dyn Error>> {
    let reference = reference()?;
    let empty = Tensor::from_vec(Vec::<f32>::new(), (0, DIMENSION as usize), &Device::Cpu)?;
    for (case, config) in cases() {
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
    for (case, config) in cases() {
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
    for (case, config) in cases() {
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
    for (_, config) in cases() {
        let json = serde_json::to_string(&config)?;
        assert_eq!(serde_json::from_str::<HeadConfig>(&json)?, config, "{json}");
    }
    let json = r#"{"kind": "dsmil", "dimension": 512, "query_width": 128, "n_classes": 1}"#;
    let expected = HeadConfig::Dsmil {
        dimension: 512,
        query_width: 128,
        query: DsmilQuery::TwoLayer,
        value: DsmilValue::Identity,
        n_classes: 1,
    };
    assert_eq!(serde_json::from_str::<HeadConfig>(json)?, expected);
    Ok(())
}

#[test]
fn impossible_configurations_are_refused_with_the_reason() -> Result<(), Box<dyn Error>> {
    let refused = |json: &str| -> Result<String, Box<dyn Error>> {
        let config: HeadConfig = serde_json::from_str(json)?;
        let error = Head::from_safetensors(&config, &[]).expect_err("refused");
        assert!(matches!(error, MilError::Config(_)), "{error}");
        Ok(error.to_string())
    };
    let text = refused(r#"{"kind": "mean-pool", "dimension": 4, "n_classes": 0}"#)?;
    assert!(text.contains("n_classes"), "{text}");
    let text = refused(r#"{"kind": "mean-mlp", "dimension": 4, "hidden": 0, "n_classes": 1}"#)?;
    assert!(text.contains("dimension, hidden"), "{text}");
    let text = refused(
        r#"{"kind": "trans-mil", "dimension": 4, "hidden": 8, "heads": 3, "landmarks": 2,
            "n_classes": 1}"#,
    )?;
    assert!(text.contains("3 heads"), "{text}");
    Ok(())
}
