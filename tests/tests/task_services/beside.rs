//! A service beside the task whose heads it has: what it says, what it is asked, and what it may see.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use harness::{Server, phantom, pushed_new, run};
use serde_json::{Value, json};

use crate::command::{done, text};
use crate::service::{Service, service_task};

/// How far numpy's sums may be from ours.
const TOLERANCE: f64 = 1e-5;

#[test]
fn a_service_of_tiles_is_checked_by_those_of_a_painted_slide() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let check = |task: &Path| {
        let allow = ["--task-service-allow", "127.0.0.0/8"];
        run(["task", "check", text(task)?, allow[0], allow[1]])
    };
    let service = Service::start(folder.path(), &["--tiles"])?;
    let task = tile_task(folder.path(), &service.url)?;
    let checked = check(&task)?;
    ensure!(checked.code == Some(0), "{checked:?}");
    ensure!(checked.stdout.lines().count() == 7, "{checked:?}");
    let asked = service.asked()?;
    ensure!(asked.len() == 4, "{asked:?}");
    for one in &asked {
        let fetched = &one["fetched"];
        ensure!(fetched["tile"][0] == 200, "{fetched}");
        ensure!(fetched["slides"][0] == 403, "{fetched}");
    }

    let blind = Service::start(folder.path(), &["--tiles", "--blind"])?;
    let checked = check(&tile_task(folder.path(), &blind.url)?)?;
    ensure!(checked.code == Some(2), "{checked:?}");
    let wrong = "wrong  0 pictures of tiles fetched: it takes tiles";
    ensure!(checked.stdout.contains(wrong), "{checked:?}");
    Ok(())
}

fn tile_task(folder: &Path, url: &str) -> Result<PathBuf> {
    service_task(folder, url, |task| {
        task["id"] = json!("partner-tiles");
        task["service"]["takes"] = json!("tiles");
    })
}

/// The slide's latest results, once there are so many.
fn results(server: &Server, slide: &str, n: usize) -> Result<Vec<Value>> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let said = server.get_json(&format!("/api/v1/slides/{slide}/predictions"))?;
        let results = said["predictions"].as_array().context("predictions")?;
        if results.len() == n {
            return Ok(results.clone());
        }
        ensure!(Instant::now() < deadline, "{said}");
        thread::sleep(Duration::from_millis(100));
    }
}

fn of<'a>(results: &'a [Value], task: &str) -> Result<&'a Value> {
    let mut found = results.iter().filter(|result| result["task"]["id"] == task);
    found.next().with_context(|| format!("a result of {task}"))
}

/// Of a layer, cell by cell.
fn values(server: &Server, slide: &str, task: &str, layer: &str) -> Result<Vec<f32>> {
    let map = server.get_json(&format!(
        "/api/v1/slides/{slide}/heatmaps/{task}/{layer}.json"
    ))?;
    let bytes = BASE64.decode(map["values"].as_str().context("values")?)?;
    let fours = bytes.chunks_exact(4);
    Ok(fours
        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect())
}

#[test]
fn a_service_says_what_the_task_says_whose_heads_it_has() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, file) = (
        folder.path().join("data"),
        folder.path().join("phantom.tiff"),
    );
    phantom(&file, &["--size", "2048", "--tumour", "0.2", "--seed", "7"])?;
    let service = Service::start(folder.path(), &[])?;
    let task = service_task(folder.path(), &service.url, |_| {})?;
    let allow = ["--task-service-allow", "127.0.0.0/8"];

    let refused = run(["task", "check", text(&task)?])?;
    ensure!(refused.code == Some(2), "{refused:?}");
    ensure!(
        refused.stdout.contains("--task-service-allow"),
        "{refused:?}"
    );
    let checked = done(&["task", "check", text(&task)?, allow[0], allow[1]])?;
    ensure!(checked.stdout.lines().count() == 6, "{checked:?}");
    ensure!(!checked.stdout.contains("wrong"), "{checked:?}");
    done(&["task", "install", text(&task)?, "--data", text(&data)?])?;

    let server = Server::start(&data, allow)?;
    let push = server
        .post("/api/v1/slides")
        .header("X-Filename", "CANARY.tiff")
        .header("X-Accession", "CANARY-1")
        .header("X-Stain", "CANARY");
    let slide = pushed_new(push.body(fs::read(&file)?))?;
    let results = results(&server, &slide, 2)?;
    let (here, there) = (
        of(&results, "phantom-tumour")?,
        of(&results, "partner-tumour")?,
    );
    let probability = |result: &Value| result["probability"].as_f64().context("a probability");
    let (ours, theirs) = (probability(here)?, probability(there)?);
    ensure!(
        (ours - theirs).abs() < TOLERANCE,
        "{ours} here, {theirs} there"
    );
    ensure!(
        there["evidence"]["decisive"]["kind"] == "not_told",
        "{there}"
    );
    ensure!(there["regulatory_status"] == "research_use_only", "{there}");
    ensure!(
        there["top_tiles"][0]["rect_um"] == here["top_tiles"][0]["rect_um"],
        "{there}"
    );
    for layer in ["attention", "tile"] {
        let ours = values(&server, &slide, "phantom-tumour", layer)?;
        let theirs = values(&server, &slide, "partner-tumour", layer)?;
        ensure!(ours.len() == theirs.len(), "{layer}");
        let is_near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-3 || (a.is_nan() && b.is_nan());
        ensure!(
            ours.iter().zip(&theirs).all(is_near),
            "{layer}: {ours:?} {theirs:?}"
        );
        ensure!(ours.iter().any(|value| !value.is_nan()), "{layer} is empty");
    }

    let asked = service.asked()?;
    let mine = asked
        .iter()
        .filter(|one| one["metadata"]["request"].to_string().contains(&slide));
    ensure!(mine.count() == 1, "{asked:?}");
    let everything = serde_json::to_string(&asked)?.to_lowercase();
    ensure!(!everything.contains("canary"), "what names a patient left");

    // Counted once each, and again by nobody who asks again.
    let used = || -> Result<String> { Ok(server.get("/api/v1/usage?format=csv")?.text()?) };
    let before = used()?;
    ensure!(before.lines().count() == 4, "{before}");
    done(&["score", &slide, "--data", text(&data)?, allow[0], allow[1]])?;
    ensure!(used()? == before, "{before}");
    let table = done(&["usage", "--data", text(&data)?])?;
    ensure!(table.stdout.contains("partner-tumour"), "{table:?}");
    let metrics = server.get("/metrics")?.text()?;
    let counted = "coverslip_metered_slides_total{kind=\"scored\",name=\"partner-tumour\"} 1";
    ensure!(metrics.contains(counted), "{metrics}");
    Ok(())
}

#[test]
fn a_service_that_looks_at_tiles_sees_those_of_its_slide_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, file) = (
        folder.path().join("data"),
        folder.path().join("phantom.tiff"),
    );
    phantom(&file, &["--size", "2048", "--tumour", "0.2", "--seed", "8"])?;
    let service = Service::start(folder.path(), &["--tiles"])?;
    let task = tile_task(folder.path(), &service.url)?;
    done(&["task", "install", text(&task)?, "--data", text(&data)?])?;
    let allow = ["--task-service-allow", "127.0.0.0/8"];
    let server = Server::start(&data, allow)?;
    let slide = server.push_new(fs::read(&file)?)?;
    server.wait_for_state(&slide, &["scored"])?;
    // The server was not told where services find it.
    let failures = server.get_json(&format!("/api/v1/slides/{slide}/task-failures"))?;
    let reason = failures["failures"][0]["reason"]
        .as_str()
        .context("a reason")?;
    ensure!(reason.contains("--task-service-pictures"), "{failures}");

    let pictures = ["--task-service-pictures", server.base()];
    let arguments = [
        "score",
        &slide,
        "--data",
        text(&data)?,
        "--task",
        "partner-tiles",
    ];
    done(&[&arguments[..], &allow, &pictures].concat())?;
    let results = results(&server, &slide, 2)?;
    ensure!(
        of(&results, "partner-tiles")?["probability"] == 0.75,
        "{results:?}"
    );
    let failures = server.get_json(&format!("/api/v1/slides/{slide}/task-failures"))?;
    ensure!(failures["failures"] == json!([]), "{failures}");

    // What it said can be evaluated as what any service says.
    let labels = folder.path().join("labels.csv");
    fs::write(&labels, format!("slide,label\n{slide},tumour\n"))?;
    let out = folder.path().join("evaluated");
    let of_what = ["evaluate", "--task", text(&task)?, "--bags", text(&data)?];
    let to_where = ["--labels", text(&labels)?, "--out", text(&out)?];
    done(&[&of_what[..], &to_where].concat())?;
    let predictions = fs::read_to_string(out.join("predictions.csv"))?;
    ensure!(predictions.contains(",tumour,0.25,0.75,"), "{predictions}");

    let asked = service.asked()?;
    let fetched = &asked.last().context("a request")?["fetched"];
    for open in ["tile", "description"] {
        ensure!(
            fetched[open][0] == 200 && fetched[open][1] != 0,
            "{open}: {fetched}"
        );
    }
    for closed in ["slide", "slides", "results", "another slide", "usage"] {
        ensure!(fetched[closed][0] == 403, "{closed}: {fetched}");
    }
    ensure!(
        asked.last().context("a request")?["shapes"]
            .get("embeddings")
            .is_none()
    );
    // The token went with the job.
    let request = asked.last().context("a request")?["metadata"]["request"].as_str();
    let request: Value = serde_json::from_str(request.context("a request")?)?;
    let token = request["pictures"]["token"].as_str().context("a token")?;
    let late = reqwest::blocking::Client::new()
        .get(format!(
            "{}/info.json",
            request["pictures"]["iiif"].as_str().context("a place")?
        ))
        .bearer_auth(token);
    thread::sleep(Duration::from_secs(31));
    ensure!(late.send()?.status() == 401, "the token outlived its job");
    Ok(())
}
