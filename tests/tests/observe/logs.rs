use std::fs::{self, File};

use anyhow::{Context, Result, ensure};
use harness::Server;
use serde_json::Value;

use crate::{CANARY, painted, push, wait_for};

#[test]
fn every_line_is_an_object_and_none_names_a_patient() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let watched = folder.path().join("scanner");
    fs::create_dir(&watched)?;
    let log = folder.path().join("log");
    let slide = painted(folder.path(), "90121")?;
    fs::write(
        watched.join(format!("{CANARY}-watched.tiff")),
        b"no slide either",
    )?;
    let watch = watched.to_str().context("a path of text")?;
    let arguments = ["--log", "debug", "--log-format", "json", "--watch", watch];
    let server =
        Server::start_logging(&folder.path().join("data"), arguments, &File::create(&log)?)?;
    let id = push(&server, slide, &[])?;
    let refused = push(&server, b"no slide at all".to_vec(), &[])?;
    server.wait_for_state(&refused, &["quarantined"])?;
    server.wait_for_state(&id, &["scored"])?;
    // A file is taken once it has lain there unchanged for a while.
    wait_for("the watched file to be taken", || {
        let text = fs::read_to_string(&log)?;
        let taken = text.contains("took a file from the watched folder");
        Ok(taken.then_some(()))
    })?;
    let token = server.token().to_owned();
    drop(server);

    let text = fs::read_to_string(&log)?;
    for secret in [CANARY, &token] {
        let line = text.lines().find(|line| line.contains(secret));
        ensure!(line.is_none(), "a line holds what it must not: {line:?}");
    }
    let lines: Vec<Value> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let said = "a file was refused and is in quarantine";
    let refusal = lines
        .iter()
        .find(|line| line["message"] == said && line["slide.id"] == refused.as_str());
    let span = &refusal.context("the refusal was logged")?["span"];
    ensure!(span["name"] == "tile", "{span}");
    ensure!(span["slide.id"] == refused.as_str(), "{span}");
    ensure!(span["attempt"] == 1, "{span}");
    let trace = span["trace.id"].as_str().unwrap_or_default();
    ensure!(trace.len() == 32, "{span}");
    Ok(())
}
