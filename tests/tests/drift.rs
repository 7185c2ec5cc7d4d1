//! The drift watch with the real binary: slides of two scanners, one of which sees too little red. What
//! is told of is that one, and not the other.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::Utc;
use harness::{Person, Server, phantom, run};
use serde_json::{Value, json};

const SHIPPED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../models/shipped/tasks/phantom-tumour"
);

const GOOD: (&str, &str) = ("Phantom 1", "1,1,1");
const WORN: (&str, &str) = ("Phantom 2", "0.72,0.95,1");

/// Paints so many slides as the scanner sees them, every other one with a tumour, and has them scored.
fn scored(folder: &Path, (scanner, light): (&str, &str), first: u64, n: u64) -> Result<()> {
    let mut arguments = vec!["analyze".to_owned()];
    for seed in first..first + n {
        let slide = folder.join(format!("{seed}.tiff"));
        let seed_text = seed.to_string();
        let tumour = if seed % 2 == 0 { "0.2" } else { "0" };
        let painted = [
            "--size",
            "1536",
            "--seed",
            &seed_text,
            "--tumour",
            tumour,
            "--scanner",
            scanner,
            "--light",
            light,
        ];
        phantom(&slide, &painted)?;
        arguments.push(text(&slide)?.to_owned());
    }
    arguments.extend(["--data".to_owned(), text(&folder.join("data"))?.to_owned()]);
    let finished = run(&arguments)?;
    ensure!(finished.code == Some(0), "{finished:?}");
    Ok(())
}

fn model(folder: &Path, words: &[&str]) -> Result<String> {
    let data = folder.join("data");
    let finished = run(["model"]
        .iter()
        .chain(words)
        .chain(&["--data", text(&data)?]))?;
    ensure!(finished.code == Some(0), "{words:?}: {finished:?}");
    Ok(finished.stdout)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path of text")
}

/// What was found of a scanner's last week.
fn week<'a>(drift: &'a Value, scanner: &str) -> Result<&'a Value> {
    let scanners = drift["found"]["scanners"].as_array().context("scanners")?;
    let found = scanners.iter().find(|one| one["scanner"] == scanner);
    let weeks = found.with_context(|| format!("{scanner} in {drift}"))?["weeks"].as_array();
    weeks.and_then(|weeks| weeks.last()).context("a week")
}

#[test]
fn a_scanner_that_sees_too_little_red_is_told_of() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    // Brings the shipped task into service.
    drop(Server::start(&folder.join("data"), [""; 0])?);
    let before = Utc::now();
    scored(folder, GOOD, 100, 16)?;
    let criteria = folder.join("criteria.json");
    let asked = json!({ "figures": [{ "measure": "auc", "limit": { "at_least": 0.9 } }] });
    fs::write(&criteria, asked.to_string())?;
    let task = model(
        folder,
        &[
            "register",
            SHIPPED,
            "--criteria",
            text(&criteria)?,
            "--by",
            "Ada",
        ],
    )?;
    ensure!(task.contains("active"), "{task}");
    let hash = task.split_whitespace().next().context("a hash")?;

    let bare = model(folder, &["drift", hash, "--look"])?;
    ensure!(bare.contains("no reference is stored"), "{bare}");
    let this_week = |at: chrono::DateTime<Utc>| at.format("%G-W%V").to_string();
    let (from, to) = (this_week(before), this_week(Utc::now()));
    let reference = [
        "reference",
        hash,
        "--from",
        &from,
        "--to",
        &to,
        "--by",
        "Ada",
        "--reason",
        "accepted",
    ];
    let stored = model(folder, &reference)?;
    ensure!(stored.contains("16 slides"), "{stored}");

    scored(folder, GOOD, 200, 12)?;
    scored(folder, WORN, 300, 12)?;
    let drift: Value = serde_json::from_str(&model(folder, &["drift", hash, "--look", "--json"])?)?;
    let chance = |scanner: &str| -> Result<f64> {
        let week = week(&drift, scanner)?;
        ensure!(week["n_slides"] == 12, "{week}");
        week["distance"]["p_value"].as_f64().context("a chance")
    };
    let (of_good, of_worn) = (chance(GOOD.0)?, chance(WORN.0)?);
    ensure!(of_good > 0.01, "the good scanner's chance is {of_good}");
    ensure!(of_worn <= 0.001, "the worn scanner's chance is {of_worn}");
    let table = model(folder, &["drift", hash])?;
    ensure!(
        table.contains("Phantom 2") && table.contains("16 slides"),
        "{table}"
    );

    let server = Server::start(&folder.join("data"), [""; 0])?;
    let person = Person::log_in(&server)?;
    let (status, alerts) = person.read("/api/v1/alerts")?;
    ensure!(status == 200, "{status}");
    let listed = alerts["alerts"].as_array().context("alerts")?;
    ensure!(listed.len() == 1, "{alerts}");
    ensure!(listed[0]["kind"] == "embedding_distance", "{alerts}");
    ensure!(listed[0]["subject"] == WORN.0, "{alerts}");
    wait_for_metric(
        &server,
        "coverslip_drift_alerts_open{kind=\"embedding_distance\"} 1",
    )?;
    let close = format!(
        "/api/v1/alerts/{}/close",
        listed[0]["id"].as_str().context("an id")?
    );
    let closed = person.say_for(&close, &json!({ "reason": "the lamp was replaced" }), 200)?;
    ensure!(
        closed["closed"]["reason"] == "the lamp was replaced",
        "{closed}"
    );
    Ok(())
}

fn wait_for_metric(server: &Server, line: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let metrics = server.get("/metrics")?.text()?;
        if metrics.contains(line) {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "no {line} in {metrics}");
        thread::sleep(Duration::from_millis(200));
    }
}
