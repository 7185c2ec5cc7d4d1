//! Slides with a label, sent with the wish that it is not stored, by every way they can come: no address
//! shows it, nothing in storage but the file itself has it, and the codes of PS3.15 say how.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{Server, files_below, phantom, pushed_new, run};
use serde_json::{Value, json};

const LABEL: &str = "CANARY-4711 A1";

fn labelled(folder: &Path, seed: &str) -> Result<PathBuf> {
    let file = folder.join(format!("{seed}.svs"));
    let painted = ["--size", "2048", "--seed", seed, "--label", LABEL];
    phantom(&file, &painted)?;
    Ok(file)
}

fn removed() -> Value {
    json!({ "removed": ["label"], "methods": ["113100", "113101"] })
}

/// What each instance of the slide says of its de-identification.
fn said_by_instances(server: &Server, slide: &str) -> Result<Vec<(Value, Vec<String>)>> {
    let instances = server.get_json("/dicomweb/instances")?;
    let mut said = Vec::new();
    for instance in instances.as_array().context("instances")? {
        let [study, series, uid] = ["0020000D", "0020000E", "00080018"]
            .map(|tag| instance[tag]["Value"][0].as_str().unwrap_or_default());
        let path = format!("/dicomweb/studies/{study}/series/{series}/instances/{uid}/metadata");
        let metadata = server.get_json(&path)?;
        let header = &metadata[0];
        let is_level = header["00080060"]["Value"][0] == "SM";
        if !is_level || header["00400512"]["Value"][0] != slide {
            continue;
        }
        let codes = header["00120064"]["Value"].as_array();
        let codes = codes.into_iter().flatten().map(|item| {
            let [code, scheme] = ["00080100", "00080102"].map(|tag| &item[tag]["Value"][0]);
            format!(
                "{} {}",
                scheme.as_str().unwrap_or("?"),
                code.as_str().unwrap_or("?")
            )
        });
        said.push((header["00120062"]["Value"][0].clone(), codes.collect()));
    }
    ensure!(!said.is_empty(), "the slide has no instances");
    Ok(said)
}

fn has_no_label(server: &Server, data: &Path, slide: &str) -> Result<()> {
    let now = server.get_json(&format!("/api/v1/slides/{slide}"))?;
    ensure!(now["deidentification"] == removed(), "{now}");
    let manifest = server.get_json(&format!("/api/v1/slides/{slide}/manifest"))?;
    ensure!(manifest["deidentification"] == removed(), "{manifest}");
    ensure!(manifest["associated"] == json!([]), "{manifest}");
    for name in ["label", "macro"] {
        let answer = server.get(&format!("/api/v1/slides/{slide}/associated/{name}"))?;
        ensure!(
            answer.status() == 404,
            "the {name} answers {}",
            answer.status()
        );
    }
    let of_slide = data.join("objects/slides").join(slide);
    let pictures = files_below(&of_slide.join("associated"));
    ensure!(pictures.is_empty(), "{pictures:?}");
    for (is_removed, codes) in said_by_instances(server, slide)? {
        ensure!(is_removed == "YES", "{is_removed}");
        ensure!(codes == ["DCM 113100", "DCM 113101"], "{codes:?}");
    }
    Ok(())
}

fn has_its_label(server: &Server, slide: &str) -> Result<()> {
    let now = server.get_json(&format!("/api/v1/slides/{slide}"))?;
    ensure!(now["deidentification"].is_null(), "{now}");
    let label = server.get(&format!("/api/v1/slides/{slide}/associated/label"))?;
    ensure!(label.status() == 200, "{}", label.text()?);
    for (is_removed, codes) in said_by_instances(server, slide)? {
        ensure!(
            is_removed.is_null() && codes.is_empty(),
            "{is_removed} {codes:?}"
        );
    }
    Ok(())
}

fn order(server: &Server) -> Result<()> {
    let order = json!({ "accession": "CANARY-4711", "patient": "P-1", "part": "A", "block": "1", "stain": "H&E" });
    let answer = server.post("/api/v1/orders").json(&order).send()?;
    ensure!(answer.status() == 201, "{}", answer.text()?);
    Ok(())
}

/// By a resumable upload of one piece; the slide's id.
fn uploaded(server: &Server, file: &Path) -> Result<String> {
    let bytes = fs::read(file)?;
    let metadata = format!("deidentify {}", STANDARD.encode("label"));
    let answer = server
        .post("/api/v1/uploads")
        .header("Tus-Resumable", "1.0.0")
        .header("Upload-Length", bytes.len())
        .header("Upload-Metadata", metadata)
        .header("Content-Type", "application/offset+octet-stream")
        .body(bytes)
        .send()?;
    ensure!(answer.status() == 201, "{}", answer.text()?);
    Ok(answer.headers()["coverslip-slide"].to_str()?.to_owned())
}

fn on_record(data: &Path, slide: &str) -> Result<()> {
    let data = data.to_str().context("text")?;
    let trail = run(["audit", "export", "--data", data])?;
    ensure!(trail.code == Some(0), "{trail:?}");
    ensure!(!trail.stdout.contains("CANARY"), "the trail has the label");
    let mut lines = trail.stdout.lines();
    let event = lines.find(|line| line.contains("label_removed") && line.contains(slide));
    let event = event.context("the removal is not on record")?;
    ensure!(event.contains("113101"), "{event}");
    let verified: Value = run(["audit", "verify", "--data", data, "--json"])?.json()?;
    ensure!(verified["fault"].is_null(), "{verified}");
    Ok(())
}

#[test]
fn a_label_is_read_and_not_stored_where_its_sender_asks_and_kept_where_not() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let server = Server::start(&data, [""; 0])?;
    order(&server)?;
    let asked = fs::read(labelled(folder.path(), "90021")?)?;
    let wish = || {
        server
            .post("/api/v1/slides")
            .header("X-Deidentify", "label")
    };
    let slide = pushed_new(wish().body(asked.clone()))?;
    let scored = server.wait_for_state(&slide, &["held", "scored"])?;
    ensure!(scored["status"]["state"] == "scored", "{scored}");
    ensure!(
        scored["case"].is_string(),
        "the label was not read: {scored}"
    );
    has_no_label(&server, &data, &slide)?;
    for again in [wish(), server.post("/api/v1/slides")] {
        let answer = again.body(asked.clone()).send()?;
        ensure!(answer.status() == 200, "{}", answer.text()?);
    }
    has_no_label(&server, &data, &slide)?;
    on_record(&data, &slide)?;

    let other = fs::read(labelled(folder.path(), "90022")?)?;
    let kept = server.push_new(other.clone())?;
    server.wait_for_state(&kept, &["scored"])?;
    has_its_label(&server, &kept)?;
    let late = wish().body(other).send()?;
    ensure!(late.status() == 409, "{}", late.status());
    let told = late.text()?;
    ensure!(told.contains("Remove them from the file"), "{told}");
    has_its_label(&server, &kept)?;
    let unknown = server.post("/api/v1/slides").header("X-Deidentify", "all");
    let refused = unknown.body("a file").send()?;
    ensure!(refused.status() == 400, "{}", refused.status());

    let slide = uploaded(&server, &labelled(folder.path(), "90023")?)?;
    server.wait_for_state(&slide, &["scored"])?;
    has_no_label(&server, &data, &slide)
}

#[test]
fn an_installation_and_the_command_line_keep_labels_out_too() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = labelled(folder.path(), "90024")?;
    let data = folder.path().join("data");
    let [file, folder_of_data] = [&file, &data].map(|path| path.to_str().unwrap_or_default());
    let ingest = [
        "ingest",
        file,
        "--data",
        folder_of_data,
        "--deidentify",
        "label",
    ];
    let finished = run(ingest)?;
    ensure!(finished.code == Some(0), "{finished:?}");
    let server = Server::start(&data, ["--deidentify", "label"])?;
    let slides = server.get_json("/api/v1/slides")?;
    let by_hand = slides["slides"][0]["id"].as_str().context("a slide")?;
    has_no_label(&server, &data, by_hand)?;
    let ruled = server.push_new(fs::read(labelled(folder.path(), "90025")?)?)?;
    server.wait_for_state(&ruled, &["scored"])?;
    has_no_label(&server, &data, &ruled)
}
