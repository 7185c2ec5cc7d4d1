//! From the scanner to a signature, by a person who reads before the AI is shown; and what becomes of
//! that reading as a label.

use std::fs::{self, File};

use anyhow::{Context, Result, ensure};
use harness::{Person, Server, phantom, pushed_new, run};
use serde_json::json;

#[test]
fn a_case_is_read_signed_and_becomes_a_label_on_request() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    let painted = [
        "--size", "4096", "--tumour", "0.2", "--grade", "3", "--seed", "90002",
    ];
    phantom(&file, &painted)?;
    let data = folder.path().join("data");
    let log = folder.path().join("log");
    let arguments = ["--first-read", "--log", "debug"];
    let mut server = Server::start_logging(&data, arguments, &File::create(&log)?)?;
    let push = server
        .post("/api/v1/slides")
        .header("X-Accession", "CANARY-4711");
    let slide = pushed_new(push.body(fs::read(&file)?))?;
    server.wait_for_state(&slide, &["scored"])?;

    let person = Person::log_in(&server)?;
    let (_, unread) = person.read("/api/v1/worklist")?;
    let case = &unread["cases"][0];
    ensure!(case["accession"] == "CANARY-4711", "{unread}");
    ensure!(
        case["awaits_impression"] == true && case["results"].is_null(),
        "{unread}"
    );
    let predictions = format!("/api/v1/slides/{slide}/predictions");
    ensure!(
        person.read(&predictions)?.0 == 403,
        "the AI is shown before the first read"
    );
    let heatmap = format!("/api/v1/slides/{slide}/heatmaps/phantom-tumour/attention.json");
    ensure!(
        person.read(&heatmap)?.0 == 403,
        "a heatmap is shown before the first read"
    );

    let reviews = format!("/api/v1/slides/{slide}/reviews");
    let impression = json!({ "kind": "impression", "impression": "malignant" });
    ensure!(person.say(&reviews, &impression)?["blind"] == true);
    ensure!(
        person.read(&heatmap)?.0 == 200,
        "the first read opens the heatmap"
    );
    let (_, answer) = person.read(&predictions)?;
    let result = &answer["predictions"][0];
    ensure!(result["call"]["label"] == "tumour", "{answer}");
    let task_hash = &result["task"]["hash"];
    let accept = json!({ "kind": "accept", "task": "phantom-tumour", "task_hash": task_hash });
    person.say(&reviews, &accept)?;
    let path = format!("/api/v1/cases/{}", case["id"].as_str().context("an id")?);
    let (_, seen) = person.read(&path)?;
    let signed = person.say(
        &format!("{path}/sign-off"),
        &json!({ "seen": seen["seen"] }),
    )?;
    ensure!(
        signed["signed"][0]["results"][0]["call"] == "positive",
        "{signed}"
    );

    server.kill()?;
    let log = fs::read_to_string(&log)?;
    ensure!(
        log.contains("answered a request"),
        "the log tells of no request"
    );
    ensure!(!log.contains("CANARY"), "an accession number is in the log");
    exported(&data, &slide)
}

fn exported(data: &std::path::Path, slide: &str) -> Result<()> {
    let table = data.join("labels.csv");
    let (data, out) = (
        data.to_str().context("text")?,
        table.to_str().context("text")?,
    );
    let export = |task, out| {
        run([
            "labels", "export", "--data", data, "--task", task, "--out", out,
        ])
    };
    let strange = export("no-such-task", out)?;
    ensure!(strange.code == Some(1) && !table.exists(), "{strange:?}");
    let done = export("phantom-tumour", out)?;
    ensure!(done.code == Some(0), "{done:?}");
    let text = fs::read_to_string(&table)?;
    ensure!(text.starts_with("slide,label,patient\n"), "{text}");
    ensure!(text.contains(&format!("{slide},tumour")), "{text}");
    ensure!(!text.contains("CANARY"), "{text}");
    let again = export("phantom-tumour", out)?;
    ensure!(
        again.code == Some(1),
        "a file that is there is written over: {again:?}"
    );
    // What was exported is what training reads: it finds the slide, and too few to learn from.
    let task = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/train/task.toml");
    let trained = run([
        "train",
        "--bags",
        data,
        "--labels",
        out,
        "--task",
        task,
        "--out",
        "never-made",
    ])?;
    ensure!(trained.code == Some(1), "{trained:?}");
    ensure!(!trained.stderr.contains("cannot be used"), "{trained:?}");
    ensure!(!trained.stderr.contains("no column"), "{trained:?}");
    Ok(())
}
