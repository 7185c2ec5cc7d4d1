//! A slide with the label of one case is pushed into another: it is held, listed with what each says,
//! corrected by a person, and only then scored. Nothing of the label is anywhere but in answers.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use harness::{Person, Server, phantom, pushed_new, run};
use serde_json::{Value, json};

const LIST: &str = "/api/v1/reconciliation";

fn labelled(file: &Path, text: &str, seed: &str) -> Result<()> {
    let painted = [
        "--size", "4096", "--tumour", "0.2", "--grade", "3", "--seed", seed,
    ];
    phantom(file, &[&painted[..], &["--label", text]].concat())
}

fn ordered(server: &Server, accession: &str) -> Result<()> {
    let order = json!({ "accession": accession, "patient": "P-1", "part": "A", "block": "1", "stain": "H&E" });
    let answer = server.post("/api/v1/orders").json(&order).send()?;
    ensure!(answer.status().as_u16() == 201, "{}", answer.text()?);
    Ok(())
}

#[test]
fn a_slide_in_the_wrong_case_is_held_corrected_and_scored() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("slide.svs");
    labelled(&file, "CANARY-4711 A1", "90011")?;
    let data = folder.path().join("data");
    let log = folder.path().join("log");
    let mut server = Server::start_logging(&data, ["--log", "debug"], &File::create(&log)?)?;
    ordered(&server, "CANARY-4711")?;
    ordered(&server, "CANARY-4712")?;
    let push = server
        .post("/api/v1/slides")
        .header("X-Accession", "CANARY-4712");
    let slide = pushed_new(push.body(fs::read(&file)?))?;
    let held = server.wait_for_state(&slide, &["held", "scored"])?;
    ensure!(held["status"]["reason"]["code"] == "identity", "{held}");

    let person = Person::log_in(&server)?;
    let (_, list) = person.read(LIST)?;
    let entry = &list["slides"][0];
    ensure!(entry["slide"]["id"] == slide.as_str(), "{list}");
    ensure!(entry["witnesses"][0]["source"] == "data_matrix", "{list}");
    ensure!(entry["witnesses"][0]["text"] == "CANARY-4711 A1", "{list}");
    ensure!(entry["case"]["accession"] == "CANARY-4712", "{list}");
    ensure!(entry["picture"] == "label", "{list}");
    let label = format!("/api/v1/slides/{slide}/associated/label");
    ensure!(person.read(&label)?.0 == 200, "the label can be looked at");
    let predictions = format!("/api/v1/slides/{slide}/predictions");
    let (_, none) = person.read(&predictions)?;
    ensure!(
        none["predictions"] == json!([]),
        "it was scored all the same: {none}"
    );

    let path = format!("/api/v1/slides/{slide}/identity");
    let said = json!({ "accession": "CANARY-4711", "part": "A", "block": "1", "stain": "H&E",
        "reason": "CANARY was pushed by the wrong name", "revision": entry["revision"] });
    let corrected = person.say_for(&path, &said, 200)?;
    ensure!(corrected["status"]["state"] != "held", "{corrected}");
    let scored = server.wait_for_state(&slide, &["scored"])?;
    ensure!(scored["call"]["label"] == "tumour", "{scored}");
    let (_, list) = person.read(LIST)?;
    ensure!(list["slides"] == json!([]), "{list}");
    let metrics = server.get("/metrics")?.text()?;
    ensure!(!metrics.contains("CANARY"), "a label is in the metrics");
    server.kill()?;
    kept_private(&data, &log)
}

/// The scanner of an Aperio file says that it read this barcode.
fn scanned(file: &Path, barcode: &str) -> Result<()> {
    let title = "Title = Synthetic slide, no patient.";
    let read = format!("Barcode = {barcode}|");
    let read = format!("{read:.<width$}", width = title.len());
    let mut bytes = fs::read(file)?;
    let place = bytes
        .windows(title.len())
        .position(|found| found == title.as_bytes());
    let place = place.context("the description is not where it was")?;
    bytes[place..place + title.len()].copy_from_slice(read.as_bytes());
    Ok(fs::write(file, bytes)?)
}

/// Leaves of the picture of the label nothing but paper: its pixels are one uncompressed strip, and of its
/// two greys one is ink.
fn bleached(file: &Path) -> Result<()> {
    const PAPER: u8 = 240;
    const INK: u8 = 20;
    let mut bytes = fs::read(file)?;
    let margin = [PAPER; 2_000];
    let first = bytes
        .windows(margin.len())
        .position(|found| found == margin)
        .context("the file has no label")?;
    let strip = bytes[first..].iter_mut();
    let strip = strip.take_while(|grey| [PAPER, INK].contains(*grey));
    let mut n_bleached = 0;
    for ink in strip.filter(|grey| **grey == INK) {
        *ink = PAPER;
        n_bleached += 1;
    }
    ensure!(n_bleached > 1_000, "only {n_bleached} bytes were ink");
    Ok(fs::write(file, bytes)?)
}

#[test]
fn what_label_and_scanner_say_holds_a_slide_only_where_the_laboratory_knows_the_case() -> Result<()>
{
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let server = Server::start(&data, [""; 0])?;
    ordered(&server, "S26-1")?;
    let mut slides = Vec::new();
    for (label, seed) in [("S26-1 A1", "90015"), ("S26-8 A1", "90016")] {
        let file = folder.path().join(format!("{seed}.svs"));
        labelled(&file, label, seed)?;
        scanned(&file, "S26-2 A1")?;
        slides.push(server.push_new(fs::read(&file)?)?);
    }
    let held = server.wait_for_state(&slides[0], &["held", "scored"])?;
    ensure!(held["status"]["reason"]["code"] == "identity", "{held}");
    let scored = server.wait_for_state(&slides[1], &["held", "scored"])?;
    ensure!(scored["status"]["state"] == "scored", "{scored}");
    // The order of one of its names makes it a matter of that case.
    ordered(&server, "S26-8")?;
    let held = server.wait_for_state(&slides[1], &["held"])?;
    ensure!(held["status"]["reason"]["code"] == "identity", "{held}");
    let listed = server.get_json(LIST)?;
    ensure!(
        listed["slides"].as_array().map(Vec::len) == Some(2),
        "{listed}"
    );
    let witnesses = &listed["slides"][1]["witnesses"];
    ensure!(witnesses[0]["source"] == "data_matrix", "{witnesses}");
    ensure!(witnesses[1]["source"] == "scanner_barcode", "{witnesses}");
    Ok(())
}

#[test]
fn a_label_that_cannot_be_read_is_said_so_and_a_laboratory_without_orders_goes_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("slide.svs");
    labelled(&file, "S26-1 A1", "90017")?;
    bleached(&file)?;
    for (rule, state) in [("check", "scored"), ("require", "held")] {
        let data = folder.path().join(rule);
        let server = Server::start(&data, ["--slide-identity", rule])?;
        let slide = server.push_new(fs::read(&file)?)?;
        let slide_now = server.wait_for_state(&slide, &["held", "scored"])?;
        ensure!(slide_now["status"]["state"] == state, "{slide_now}");
        let identity = server.get_json(&format!("/api/v1/slides/{slide}/identity"))?;
        ensure!(identity["label"] == "unread", "{identity}");
        ensure!(identity["witnesses"] == json!([]), "{identity}");
        let listed = server.get_json(LIST)?;
        let n_listed = listed["slides"].as_array().map(Vec::len);
        ensure!(n_listed == Some(usize::from(state == "held")), "{listed}");
    }
    Ok(())
}

#[test]
fn a_label_alone_finds_its_case_and_an_unknown_one_holds_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let server = Server::start(&data, [""; 0])?;
    ordered(&server, "S26-1")?;
    let mut slides = Vec::new();
    for (text, seed) in [("S26-1 A1", "90012"), ("S26-9", "90013")] {
        let file = folder.path().join(format!("{seed}.svs"));
        labelled(&file, text, seed)?;
        slides.push(server.push_new(fs::read(&file)?)?);
    }
    let matched = server.wait_for_state(&slides[0], &["held", "scored"])?;
    ensure!(matched["status"]["state"] == "scored", "{matched}");
    ensure!(matched["case"].is_string(), "{matched}");
    let unknown = server.wait_for_state(&slides[1], &["held", "scored"])?;
    ensure!(unknown["status"]["state"] == "scored", "{unknown}");
    ensure!(unknown["case"].is_null(), "{unknown}");
    Ok(())
}

#[test]
fn where_every_slide_must_be_matched_it_waits_for_its_order() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("slide.svs");
    labelled(&file, "*H26001-A-1*", "90014")?;
    let pattern = r"\*(?<accession>H[0-9]+)-(?<part>[A-Z])-(?<block>[0-9]+)\*";
    let arguments = ["--slide-identity", "require", "--label-pattern", pattern];
    let server = Server::start(&folder.path().join("data"), arguments)?;
    let slide = server.push_new(fs::read(&file)?)?;
    let held = server.wait_for_state(&slide, &["held", "scored"])?;
    ensure!(held["status"]["reason"]["code"] == "unmatched", "{held}");
    ordered(&server, "H26001")?;
    let scored = server.wait_for_state(&slide, &["scored"])?;
    ensure!(scored["case"].is_string(), "{scored}");
    Ok(())
}

/// The log, the audit trail and what objects are called say nothing of the label.
fn kept_private(data: &Path, log: &Path) -> Result<()> {
    let log = fs::read_to_string(log)?;
    ensure!(
        log.contains("answered a request"),
        "the log tells of no request"
    );
    ensure!(!log.contains("CANARY"), "a label is in the log");
    let mut folders = vec![data.join("objects")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.to_string_lossy().into_owned();
            ensure!(
                !name.contains("CANARY"),
                "a label is in the name of an object"
            );
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    let data = data.to_str().context("text")?;
    let trail = run(["audit", "export", "--data", data])?;
    ensure!(trail.code == Some(0), "{trail:?}");
    let corrected = trail
        .stdout
        .lines()
        .find(|line| line.contains("identity_corrected"));
    ensure!(corrected.is_some(), "the correction is not on record");
    ensure!(
        !trail.stdout.contains("CANARY"),
        "a label is in the audit trail"
    );
    let verified = run(["audit", "verify", "--data", data, "--json"])?;
    let verified: Value = verified.json()?;
    ensure!(verified["fault"].is_null(), "{verified}");
    Ok(())
}
