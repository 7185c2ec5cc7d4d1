//! An encoder that a laboratory brings: its slides are embedded by it, and scored once a task comes
//! that reads its bags.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use harness::{Server, phantom, run};
use serde_json::{Value, json};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/shipped");

const NAME: &str = "our-own";

#[test]
fn slides_wait_embedded_until_a_task_reads_their_encoder() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let encoder = own_encoder(folder.path())?;
    let data = folder.path().join("data");
    let first = painted(folder.path(), "first.tiff", "7")?;
    let analyzed = run([
        "analyze".as_ref(),
        first.as_os_str(),
        "--json".as_ref(),
        "--data".as_ref(),
        data.as_os_str(),
        "--encoder".as_ref(),
        encoder.as_os_str(),
    ])?;
    ensure!(analyzed.code == Some(0), "{analyzed:?}");
    ensure!(analyzed.stderr.contains("coverslip train"), "{analyzed:?}");
    let slide = analyzed.json()?["slides"][0].clone();
    ensure!(slide["status"]["state"] == "embedded", "{slide}");
    let first = slide["slide"].as_str().context("an id")?.to_owned();

    let server = Server::start(&data, ["--encoder".as_ref(), encoder.as_os_str()])?;
    let second = fs::read(painted(folder.path(), "second.tiff", "8")?)?;
    let row: Value = server.post("/api/v1/slides").body(second).send()?.json()?;
    let second = row["id"].as_str().context("an id")?;
    server.wait_for_state(second, &["embedded"])?;

    let task = task_for(&hash_of_bags(&data, second)?, folder.path())?;
    let installed = run([
        "task".as_ref(),
        "install".as_ref(),
        task.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ])?;
    ensure!(installed.code == Some(0), "{installed:?}");
    for slide in [first.as_str(), second] {
        server.wait_for_state(slide, &["scored"])?;
        let answer = server.get_json(&format!("/api/v1/slides/{slide}/predictions"))?;
        ensure!(
            answer["predictions"][0]["encoder"]["name"] == NAME,
            "{answer}"
        );
    }
    Ok(())
}

fn painted(folder: &Path, name: &str, seed: &str) -> Result<PathBuf> {
    let slide = folder.join(name);
    let arguments = ["--size", "2048", "--tumour", "0.2", "--seed", seed];
    phantom(&slide, &arguments)?;
    Ok(slide)
}

/// The encoder that ships, with other means of its input: what it computes is what it is known by.
fn own_encoder(folder: &Path) -> Result<PathBuf> {
    let (ours, theirs) = (folder.join("encoder"), Path::new(SHIPPED).join("encoder"));
    fs::create_dir(&ours)?;
    let mut config: Value = serde_json::from_slice(&fs::read(theirs.join("encoder.json"))?)?;
    config["name"] = json!(NAME);
    config["input"]["mean"] = json!([0.7, 0.6, 0.7]);
    fs::write(ours.join("encoder.json"), config.to_string())?;
    fs::copy(
        theirs.join("model.safetensors"),
        ours.join("model.safetensors"),
    )?;
    Ok(ours)
}

/// The encoder's hash as the slide's only bag names it.
fn hash_of_bags(data: &Path, slide: &str) -> Result<String> {
    let bags = data.join("objects/slides").join(slide).join("bags");
    let bag = fs::read_dir(bags)?.next().context("a bag")??.path();
    let header: Value = serde_json::from_slice(&fs::read(bag.join("bag.json"))?)?;
    Ok(header["encoder"]["hash"]
        .as_str()
        .context("a hash")?
        .to_owned())
}

/// The shipped task, as if it had been trained on the bags of that encoder.
fn task_for(encoder: &str, folder: &Path) -> Result<PathBuf> {
    let (ours, theirs) = (
        folder.join("task"),
        Path::new(SHIPPED).join("tasks/phantom-tumour"),
    );
    fs::create_dir(&ours)?;
    let mut task: Value = serde_json::from_slice(&fs::read(theirs.join("task.json"))?)?;
    task["id"] = json!("ours");
    task["encoder"] = json!({ "name": NAME, "hash": encoder });
    fs::write(ours.join("task.json"), task.to_string())?;
    for file in fs::read_dir(theirs)? {
        let file = file?;
        if file.path().extension() == Some("safetensors".as_ref()) {
            fs::copy(file.path(), ours.join(file.file_name()))?;
        }
    }
    Ok(ours)
}
