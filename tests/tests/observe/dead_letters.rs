use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use harness::{Finished, Server, run};
use serde_json::Value;
use servers::RedisServer;

use crate::scrape::Scrape;
use crate::{painted, push, wait_for};

#[test]
fn what_was_given_up_is_listed_and_tried_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let redis = RedisServer::start()?;
    let url = redis.url();
    let catalog = ["--data", data.to_str().context("a path of text")?];
    let arguments = ["--redis-url", url.as_str()];
    let ingest = Server::start_part(&["serve", "ingest"], &catalog, arguments)?;
    let cases = Server::start_part(&["serve", "cases"], &catalog, arguments)?;
    let slide = painted(folder.path(), "90131")?;
    let id = push(&ingest, slide, &[])?;
    cases.wait_for_state(&id, &["tiled"])?;
    let lines = |action: &[&str]| queue(action, &data, &url);
    let depth = lines(&["depth"])?;
    ensure!(depth["steps"][1]["step"] == "embed", "{depth}");
    ensure!(depth["steps"][1]["waiting"] == 1, "{depth}");

    // A slide that cannot be embedded, whoever tries.
    let manifest = manifest_in(&data.join("objects"))?;
    let aside = folder.path().join("manifest");
    fs::rename(&manifest, &aside)?;
    let worker = Server::start_part(&["work", "embed"], &catalog, arguments)?;
    cases.wait_for_state(&id, &["quarantined"])?;
    let letter = wait_for("a dead letter", || {
        let letters = lines(&["dead-letters"])?;
        Ok(letters["dead_letters"].get(0).cloned())
    })?;
    ensure!(
        letter["slide"] == id.as_str() && letter["step"] == "embed",
        "{letter}"
    );
    ensure!(letter["attempts"] == 5, "{letter}");
    let reason = letter["reason"].as_str().unwrap_or_default();
    ensure!(reason.contains("the embed step failed 5 times"), "{reason}");
    let scrape = Scrape::of(&worker)?;
    let failed = ["stage=\"embed\"", "kind=\"storage\""];
    let n_failed = scrape.sum("coverslip_errors_total", &failed);
    ensure!((n_failed - 5.0).abs() < 0.1, "{n_failed} failures");
    let n_dead = scrape.sum("coverslip_queue_dead_letters", &["slide-tiled"]);
    ensure!((n_dead - 1.0).abs() < 0.1, "{n_dead} dead letters");

    let name = letter["id"].as_str().context("its name")?;
    let nobody = command(&["redrive", "1-1"], &data, &url)?;
    let refusal = nobody.stderr;
    ensure!(
        nobody.code == Some(1) && refusal.contains("no dead letter 1-1"),
        "{refusal}"
    );
    fs::rename(&aside, &manifest)?;
    let redriven = lines(&["redrive", "--step", "embed", name])?;
    ensure!(redriven["redriven"][0] == name, "{redriven}");
    cases.wait_for_state(&id, &["embedded"])?;
    let depth = lines(&["depth"])?;
    ensure!(depth["steps"][1]["dead"] == 0, "{depth}");
    Ok(())
}

fn queue(action: &[&str], data: &Path, url: &str) -> Result<Value> {
    let finished = command(action, data, url)?;
    ensure!(finished.code == Some(0), "{finished:?}");
    ensure!(finished.stderr.is_empty(), "{finished:?}");
    finished.json()
}

fn command(action: &[&str], data: &Path, url: &str) -> Result<Finished> {
    let data = data.to_str().context("a path of text")?;
    let place = ["--json", "--redis-url", url, "--data", data];
    run([&["queue"], &action[..1], &place, &action[1..]].concat())
}

/// The one slide's manifest.
fn manifest_in(folder: &Path) -> Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("manifest.json") {
                return Ok(path);
            }
        }
    }
    anyhow::bail!("there is no manifest in storage")
}
