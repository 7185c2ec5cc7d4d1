//! The figures are scikit-learn's (see `reference/make_reference.py`).

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use coverslip_evaluation::{Bootstrap, GroupColumns, Report, TableConfig, from_csv};
use serde_json::Value;

fn fixture(name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    Ok(fs::read(folder.join(name))?)
}

fn measured(table: &str) -> Result<Value, Box<dyn Error>> {
    let config = TableConfig {
        positive: None,
        threshold: 0.5,
        by: GroupColumns::Usual,
    };
    let predictions = from_csv(&fixture(&format!("{table}.csv"))?, &config)?;
    let report = Report::of(&predictions, &Bootstrap::default())?;
    Ok(serde_json::to_value(report)?)
}

fn assert_agrees(table: &str, n_figures: usize) -> Result<(), Box<dyn Error>> {
    let expected: Value = serde_json::from_slice(&fixture("expected.json")?)?;
    let found = measured(table)?;
    assert_eq!(found["confusion"]["counts"], expected[table]["confusion"]);
    let figures = expected[table].as_object().ok_or("an object")?;
    let numbers: Vec<_> = figures.iter().filter(|(_, v)| v.is_number()).collect();
    assert_eq!(numbers.len(), n_figures);
    for (name, expected) in numbers {
        let figure = &found["figures"][name];
        assert_close(name, &figure["value"], expected);
        assert!(
            figure["low"].as_f64() <= expected.as_f64().map(|v| v + 1e-12),
            "{name}"
        );
        assert!(
            figure["high"].as_f64() >= expected.as_f64().map(|v| v - 1e-12),
            "{name}"
        );
    }
    let recalls = expected[table]["recall"].as_array().into_iter().flatten();
    for (class, expected) in recalls.enumerate() {
        assert_close("recall", &found["recall"][class]["value"], expected);
    }
    Ok(())
}

fn assert_close(name: &str, found: &Value, expected: &Value) {
    let apart = found
        .as_f64()
        .zip(expected.as_f64())
        .map(|(a, b)| (a - b).abs());
    assert!(
        apart.is_some_and(|apart| apart < 1e-12),
        "{name}: {found} and {expected}"
    );
}

#[test]
fn of_two_classes() -> Result<(), Box<dyn Error>> {
    assert_agrees("binary", 9)
}

#[test]
fn of_several_classes() -> Result<(), Box<dyn Error>> {
    assert_agrees("classes", 5)
}

#[test]
fn of_grades() -> Result<(), Box<dyn Error>> {
    assert_agrees("grades", 7)
}
