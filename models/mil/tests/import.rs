//! Original checkpoints: read, under our names, and with PyTorch's answers.
//!
//! `models/mil/reference/make_checkpoint_reference.py` wrote the numbers.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use candle_core::{Device, Tensor};
use coverslip_mil::{DsmilQuery, DsmilValue, Head, HeadConfig, HeadKind, MilError, import_head};
use serde::Deserialize;
use test_data::real;

const REFERENCE: &str = include_str!("fixtures/checkpoints.json");
const HEADS: &[u8] = include_bytes!("fixtures/heads.safetensors");
const N_INSTANCES: usize = 37;
const TOLERANCE: f32 = 1e-4;

type Tested = Result<(), Box<dyn Error>>;

#[derive(Deserialize)]
struct Expected {
    logits: Vec<f32>,
    attention: Vec<Vec<f32>>,
}

/// The bag of the reference.
fn bag(dimension: usize) -> candle_core::Result<Tensor> {
    let value = |at: usize| (at as f64 * 0.7371).sin().abs() as f32;
    let values: Vec<f32> = (0..N_INSTANCES * dimension).map(value).collect();
    Tensor::from_vec(values, (N_INSTANCES, dimension), &Device::Cpu)
}

fn assert_near(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let difference = (found - expected).abs();
        assert!(
            difference <= TOLERANCE * expected.abs().max(1.0),
            "{what}: {found}, not {expected}"
        );
    }
}

/// Skips where the checkpoint is not at hand.
fn agrees(name: &str, kind: HeadKind, config: HeadConfig) -> Tested {
    let Some(path) = real(&format!("weights/{name}")) else {
        return Ok(());
    };
    let imported = import_head(kind, &weights::read(&path)?)?;
    assert_eq!(imported.config, config, "{name}");
    assert!(imported.report.left_out.is_empty(), "{name}");
    let head = Head::from_safetensors(&imported.config, &imported.weights)?;
    let output = head.forward(&bag(config.dimension() as usize)?)?;
    let expected: BTreeMap<String, Expected> = serde_json::from_str(REFERENCE)?;
    let expected = &expected[name];
    assert_near(&output.logits.to_vec1()?, &expected.logits, name);
    let attention: Vec<Vec<f32>> = output.attention.to_vec2()?;
    assert_eq!(attention.len(), expected.attention.len());
    for (found, expected) in attention.iter().zip(&expected.attention) {
        assert_near(found, expected, name);
    }
    Ok(())
}

#[test]
fn dsmil_for_camelyon_and_for_tcga() -> Tested {
    let config = |n_classes| HeadConfig::Dsmil {
        dimension: 512,
        query_width: 128,
        query: DsmilQuery::TwoLayer,
        value: DsmilValue::Identity,
        n_classes,
    };
    agrees("c16_aggregator.pth", HeadKind::Dsmil, config(1))?;
    agrees("tcga_aggregator.pth", HeadKind::Dsmil, config(2))
}

#[test]
fn dtfd_for_camelyon() -> Tested {
    let config = HeadConfig::Dtfd {
        dimension: 1024,
        hidden: 512,
        attention: 128,
        pseudo_bags: 5,
        n_classes: 2,
    };
    agrees("dtfd_model.pth", HeadKind::Dtfd, config)
}

/// The parameters that the reference of the heads wrote under the authors' names, as a file.
fn checkpoint(case: &str, folder: &Path) -> Result<weights::StateDict, Box<dyn Error>> {
    let all = candle_core::safetensors::load_buffer(HEADS, &Device::Cpu)?;
    let prefix = format!("{case}/weight/");
    let own = all
        .into_iter()
        .filter_map(|(name, tensor)| Some((name.strip_prefix(&prefix)?.to_owned(), tensor)));
    let path = folder.join(format!("{case}.safetensors"));
    let named: BTreeMap<String, Tensor> = own.collect();
    std::fs::write(&path, safetensors::serialize(&named, None)?)?;
    Ok(weights::read(&path)?)
}

#[test]
fn sizes_are_read_off_the_shapes() -> Tested {
    let folder = tempfile::tempdir()?;
    let (dimension, hidden, attention, n_classes) = (64, 32, 16, 3);
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
    let abmil = HeadConfig::GatedAbmil {
        dimension,
        hidden,
        attention,
        n_classes: 1,
        highest_grade: None,
    };
    let first_dsmil = HeadConfig::Dsmil {
        dimension,
        query_width: 16,
        query: DsmilQuery::Linear,
        value: DsmilValue::Linear,
        n_classes: 1,
    };
    for (case, config) in [
        ("clam-sb", clam_sb),
        ("clam-mb", clam_mb),
        ("gated-abmil", abmil),
        ("dsmil-linear-value", first_dsmil),
    ] {
        let found = checkpoint(case, folder.path())?;
        let imported = import_head(config.kind(), &found)?;
        assert_eq!(imported.config, config);
        Head::from_safetensors(&config, &imported.weights)?;
    }
    let clam = import_head(HeadKind::ClamSb, &checkpoint("clam-sb", folder.path())?)?;
    assert_eq!(clam.report.left_out.len(), 6, "{}", clam.report);
    Ok(())
}

#[test]
fn another_head_is_refused_with_what_is_missing() -> Tested {
    let folder = tempfile::tempdir()?;
    let found = checkpoint("dsmil", folder.path())?;
    let refused = import_head(HeadKind::ClamSb, &found).expect_err("refused");
    assert!(matches!(refused, MilError::Checkpoint(_)), "{refused}");
    assert!(refused.to_string().contains("projection"), "{refused}");
    Ok(())
}
