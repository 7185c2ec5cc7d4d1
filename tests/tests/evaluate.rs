//! Predictions in, figures and a model card out.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use harness::{Finished, run};

/// Twelve slides of six patients; two negatives score above one positive.
const PREDICTIONS: &str = "\
slide,label,fold,predicted,probability_benign,probability_tumour,patient,site
s1,benign,1,benign,0.9,0.1,smith,north
s2,benign,1,benign,0.8,0.2,smith,north
s3,benign,1,tumour,0.3,0.7,jones,north
s4,benign,2,tumour,0.2,0.8,jones,south
s5,benign,2,benign,0.7,0.3,brown,south
s6,benign,2,benign,0.6,0.4,brown,south
s7,tumour 3,1,tumour,0.1,0.9,white,north
s8,tumour 1,1,tumour,0.4,0.6,white,north
s9,tumour,1,tumour,0.05,0.95,black,north
s10,tumour,2,tumour,0.1,0.9,black,south
s11,tumour,2,tumour,0.1,0.9,green,south
s12,tumour,2,tumour,0.1,0.9,green,south
";

fn evaluate(folder: &Path, more: &[&str]) -> Result<Finished> {
    let predictions = folder.join("predictions.csv");
    fs::write(&predictions, PREDICTIONS)?;
    let out = folder.join("out");
    let fixed = [
        "evaluate".as_ref(),
        "--predictions".as_ref(),
        predictions.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ];
    run(fixed.into_iter().chain(more.iter().map(AsRef::as_ref)))
}

#[test]
fn predictions_become_figures_and_a_card() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let finished = evaluate(folder.path(), &["--positive", "tumour", "--json"])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    let printed = finished.json()?;
    // 36 pairs, of which the slide at 0.6 loses two.
    let auc = &printed["figures"]["auc"];
    let value = auc["value"].as_f64().unwrap_or_default();
    ensure!((value - 34.0 / 36.0).abs() < 1e-12, "{auc}");
    ensure!(printed["n_patients"] == 6, "{printed}");
    let groups = &printed["subgroups"][0]["groups"];
    ensure!(groups[0]["reason"] == "fewer_than_ten_cases", "{groups}");

    let written = fs::read_to_string(folder.path().join("out/evaluation.json"))?;
    let written: serde_json::Value = serde_json::from_str(&written)?;
    ensure!(written == printed, "what is printed is not what is written");
    let card = fs::read_to_string(folder.path().join("out/card.html"))?;
    ensure!(
        card.contains("Research use only") && card.contains("0.944"),
        "{card}"
    );
    for patient in ["smith", "jones", "s11"] {
        ensure!(!card.contains(patient), "the card names {patient}");
    }
    Ok(())
}

#[test]
fn a_card_says_what_the_encoder_may_be_used_for() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let task = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/shipped/tasks/phantom-tumour");
    let finished = evaluate(folder.path(), &["--task", &task.display().to_string()])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    let card = fs::read_to_string(folder.path().join("out/card.html"))?;
    for said in ["Encoder licence", "MIT OR Apache-2.0", "not for diagnosis"] {
        ensure!(card.contains(said), "{said}: {card}");
    }
    Ok(())
}

#[test]
fn what_is_positive_must_be_said() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let finished = evaluate(folder.path(), &[])?;
    ensure!(finished.code == Some(1), "{finished:?}");
    ensure!(
        finished.stderr.contains("say which one is positive"),
        "{finished:?}"
    );
    ensure!(
        !folder.path().join("out").exists(),
        "something is left behind"
    );
    Ok(())
}
