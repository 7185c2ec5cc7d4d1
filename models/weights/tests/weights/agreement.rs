use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use test_data::real;
use weights::{Container, Dtype, StateDict, Tensor, WeightsError};

use crate::{Tested, fixture};

/// What PyTorch reads of a tensor.
#[derive(Debug, Deserialize)]
struct Expected {
    dtype: String,
    shape: Vec<usize>,
    sum: f64,
    /// Sum of each value times its number, from 1, so that the order of values matters.
    weighted: f64,
    first: Vec<f64>,
}

fn agrees(found: &StateDict, expected: &str) -> Tested {
    let json = fs::read(fixture(&format!("{expected}.json")))?;
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&json)?;
    let names: Vec<&str> = found.iter().map(|(name, _)| name).collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>());
    for ((name, tensor), expected) in found.iter().zip(expected.values()) {
        assert_eq!(tensor.shape(), expected.shape, "{name}");
        assert_eq!(tensor.dtype().to_string(), expected.dtype, "{name}");
        values_agree(name, tensor, expected)?;
    }
    Ok(())
}

fn values_agree(name: &str, tensor: &Tensor, expected: &Expected) -> Tested {
    if !expected.dtype.contains('f') {
        assert!(matches!(tensor.to_f32(), Err(WeightsError::NotFloats(_))));
        return Ok(());
    }
    let values: Vec<f64> = tensor.to_f32()?.into_iter().map(f64::from).collect();
    assert_eq!(values.len(), tensor.n_values(), "{name}");
    let (mut sum, mut weighted, mut size) = (0.0, 0.0, 1.0);
    for (number, value) in (1..).map(f64::from).zip(&values) {
        sum += value;
        weighted += value * number;
        size += value.abs() * number;
    }
    assert!((sum - expected.sum).abs() <= 1e-8 * size, "{name}");
    assert!(
        (weighted - expected.weighted).abs() <= 1e-8 * size,
        "{name}"
    );
    for (value, expected) in values.iter().zip(&expected.first) {
        assert!((value - expected).abs() <= 1e-8 * expected.abs(), "{name}");
    }
    Ok(())
}

#[test]
fn every_type_and_layout_is_read_as_pytorch_reads_it() -> Tested {
    for (file, container) in [
        ("every_kind.zip.pth", Container::TorchZip),
        ("every_kind.legacy.pth", Container::TorchLegacy),
    ] {
        let found = weights::read(&fixture(file))?;
        assert_eq!(found.container(), container);
        agrees(&found, "every_kind")?;
    }
    Ok(())
}

#[test]
fn a_state_dict_with_metadata_is_read() -> Tested {
    for file in ["module.zip.pth", "module.legacy.pth"] {
        agrees(&weights::read(&fixture(file))?, "module")?;
    }
    Ok(())
}

#[test]
fn later_pickle_protocols_are_read() -> Tested {
    let usual = weights::read(&fixture("every_kind.zip.pth"))?.below("state_dict");
    for file in ["protocol4.zip.pth", "protocol4.legacy.pth"] {
        let found = weights::read(&fixture(file))?;
        assert_eq!(found.len(), usual.len());
        for ((name, tensor), (usual_name, usual)) in found.iter().zip(usual.iter()) {
            assert_eq!((name, tensor.shape()), (usual_name, usual.shape()));
            assert_eq!(tensor.to_f32().ok(), usual.to_f32().ok(), "{name}");
        }
    }
    Ok(())
}

#[test]
fn a_tensor_alone_has_a_name() -> Tested {
    let found = weights::read(&fixture("alone.zip.pth"))?;
    let tensor = found.get("tensor").ok_or("it is called `tensor`")?;
    assert_eq!(tensor.dtype(), Dtype::F32);
    assert_eq!(tensor.to_f32()?, [-1.0, -0.875, -0.75, -0.625]);
    Ok(())
}

fn real_agrees(name: &str, container: Container) -> Tested {
    let Some(path) = real(&format!("weights/{name}")) else {
        return Ok(());
    };
    let found = weights::read(Path::new(&path))?;
    assert_eq!(found.container(), container);
    agrees(&found, name)
}

#[test]
fn dsmil_is_read_as_pytorch_reads_it() -> Tested {
    real_agrees("c16_aggregator.pth", Container::TorchZip)?;
    real_agrees("tcga_aggregator.pth", Container::TorchZip)
}

#[test]
fn dtfd_is_read_as_pytorch_reads_it() -> Tested {
    real_agrees("dtfd_model.pth", Container::TorchLegacy)
}

#[test]
fn capricorn_is_read_as_pytorch_reads_it() -> Tested {
    let name = "capricorn0.1_densenet121.safetensors";
    real_agrees(name, Container::Safetensors)
}
