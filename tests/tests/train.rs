//! `coverslip train` on slides that went the whole path, kill -9 in the middle, and a task that a
//! running `coverslip up` takes in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use harness::{Finished, Server, coverslip, phantom, run};

const N_SLIDES: u64 = 8;

const TASK: &str = r#"
id = "planted"
version = "1.0.0"
intended_use = "tests"
data = "painted slides"

[answers]
kind = "detection"
negative = "benign"
positive = "tumour"

[head]
kind = "gated-abmil"
hidden = 16
attention = 8

[covariates]
numeric = ["age"]

[folds]
n = 2

[training]
epochs = 60
patience = 60
learning_rate = { max_rate = 5e-3, warm_up = 0.2 }
"#;

/// Slides in a data folder, every other one with tumour, and their labels.
struct Labelled {
    folder: tempfile::TempDir,
}

impl Labelled {
    fn new() -> Result<Self> {
        let labelled = Self {
            folder: tempfile::tempdir()?,
        };
        let mut rows = "slide,label,patient,site,age,stain\n".to_owned();
        let mut line = vec!["analyze".to_owned(), "--data".to_owned()];
        line.push(labelled.path("data").display().to_string());
        for number in 0..N_SLIDES {
            let file = labelled.path(&format!("slide-{number}.tiff"));
            let is_tumour = !number.is_multiple_of(2);
            let (tumour, label) = if is_tumour {
                ("0.3", "tumour")
            } else {
                ("0", "benign")
            };
            let seed = (91_000 + number).to_string();
            phantom(
                &file,
                &["--size", "2048", "--tumour", tumour, "--seed", &seed],
            )?;
            line.push(file.display().to_string());
            let (patient, age) = (number / 2, 50 + number);
            rows += &format!("slide-{number}.tiff,{label},p{patient},north,{age},H&E\n");
        }
        finished(run(line)?)?;
        fs::write(labelled.path("labels.csv"), rows)?;
        fs::write(labelled.path("task.toml"), TASK)?;
        Ok(labelled)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self, out: &str) -> Vec<String> {
        let path = |name: &str| self.path(name).display().to_string();
        let mut line = vec!["train".to_owned()];
        for (name, file) in [
            ("--bags", "data"),
            ("--labels", "labels.csv"),
            ("--task", "task.toml"),
            ("--out", out),
        ] {
            line.extend([name.to_owned(), path(file)]);
        }
        line
    }
}

fn finished(finished: Finished) -> Result<Finished> {
    ensure!(finished.code == Some(0), "{finished:?}");
    Ok(finished)
}

fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, fs::read(entry.path())?));
    }
    files.sort();
    Ok(files)
}

#[test]
fn a_trained_task_is_taken_in_by_a_running_server() -> Result<()> {
    let labelled = Labelled::new()?;
    rows_that_cannot_be_learned_from_are_named(&labelled)?;
    finished(run(labelled.arguments("task"))?)?;
    let out = labelled.path("task");
    let names: Vec<String> = files(&out)?.into_iter().map(|(name, _)| name).collect();
    let expected = [
        "curves.png",
        "curves.svg",
        "folds.csv",
        "head-1.safetensors",
        "head-2.safetensors",
        "predictions.csv",
        "task.json",
        "training.json",
    ];
    ensure!(names == expected, "{names:?}");
    let predictions = fs::read_to_string(out.join("predictions.csv"))?;
    let header = predictions.lines().next().context("a header")?;
    ensure!(
        header
            == "slide,label,fold,predicted,probability_benign,probability_tumour,patient,site,age,stain",
        "{header}"
    );
    ensure!(predictions.lines().count() as u64 == N_SLIDES + 1);

    // Killed as it trains, it goes on where it was and ends the same.
    kill_while_training(&labelled)?;
    let changed = fs::read_to_string(labelled.path("task.toml"))?.replace("n = 2", "n = 3");
    fs::write(labelled.path("task.toml"), changed)?;
    let refused = run(labelled.arguments("again"))?;
    ensure!(
        refused.code == Some(1) && refused.stderr.contains("--restart"),
        "{refused:?}"
    );
    fs::write(labelled.path("task.toml"), TASK)?;
    finished(run(labelled.arguments("again"))?)?;
    ensure!(files(&labelled.path("again"))? == files(&out)?);
    ensure!(!labelled.path("again.training").exists());

    let data = labelled.path("data");
    let server = Server::start(&data, ["--log", "info"])?;
    let slide = server.get_json("/api/v1/slides")?["slides"][0]["id"]
        .as_str()
        .context("a slide")?
        .to_owned();
    ensure!(tasks_of(&server, &slide)? == ["phantom-tumour"]);
    let broken = data.join("tasks/broken");
    fs::create_dir_all(&broken)?;
    fs::write(broken.join("task.json"), "{}")?;
    let (out, data_path) = (out.display().to_string(), data.display().to_string());
    let install = ["task", "install", &out, "--data", &data_path];
    finished(run(install)?)?;
    let listed = finished(run(["task", "list", "--data", &data_path])?)?.stdout;
    ensure!(listed.contains("planted  1.0.0"), "{listed}");
    ensure!(listed.contains("broken  refused"), "{listed}");
    wait_for(|| Ok(tasks_of(&server, &slide)? == ["phantom-tumour", "planted"]))?;
    let heatmap = format!("/api/v1/slides/{slide}/heatmaps/planted/attention.json");
    ensure!(server.get(&heatmap)?.status() == 200);

    let new = labelled.path("new.tiff");
    phantom(
        &new,
        &["--size", "2048", "--tumour", "0.3", "--seed", "91999"],
    )?;
    let answer = server.post("/api/v1/slides").body(fs::read(&new)?).send()?;
    let row: serde_json::Value = serde_json::from_str(&answer.text()?)?;
    let id = row["id"].as_str().context("id")?;
    server.wait_for_state(id, &["scored"])?;
    ensure!(tasks_of(&server, id)? == ["phantom-tumour", "planted"]);
    age_is_asked_for_and_given(&server, id)
}

/// The task reads the age: without it there is no call, and as soon as it is given the slide is
/// scored by it. Every map is there either way.
fn age_is_asked_for_and_given(server: &Server, slide: &str) -> Result<()> {
    let result = || server.get_json(&format!("/api/v1/slides/{slide}/predictions/planted"));
    let missing = result()?["abstention"].clone();
    let expected =
        serde_json::json!({"reason": "covariates_unknown", "covariates": ["age (a number)"]});
    ensure!(missing == expected, "{missing}");
    let path = format!("/api/v1/slides/{slide}/covariates");
    let mut probabilities = Vec::new();
    for (revision, age) in [(1, 51), (2, 90)] {
        let put = server.put(&path).header("content-type", "application/json");
        let answer = put.body(format!(r#"{{"age": {age}}}"#)).send()?;
        ensure!(answer.status() == 200, "{answer:?}");
        wait_for(|| Ok(result()?["covariates"] == revision))?;
        let known = result()?;
        ensure!(
            known["abstention"]["reason"] != "covariates_unknown",
            "{known}"
        );
        probabilities.push(known["probability"].as_f64().context("a probability")?);
        let layers = known["evidence"]["layers"].as_array().context("layers")?;
        ensure!(layers.len() == 4, "{layers:?}");
        for layer in layers {
            let layer = layer["layer"].as_str().context("a name")?;
            let map = format!("/api/v1/slides/{slide}/heatmaps/planted/{layer}.json");
            ensure!(server.get(&map)?.status() == 200, "{layer}");
        }
    }
    ensure!(probabilities[0] != probabilities[1], "{probabilities:?}");
    Ok(())
}

fn rows_that_cannot_be_learned_from_are_named(labelled: &Labelled) -> Result<()> {
    let refused = |from: &str, to: &str| -> Result<String> {
        let rows = fs::read_to_string(labelled.path("labels.csv"))?;
        fs::write(labelled.path("labels.csv"), rows.replacen(from, to, 1))?;
        let refused = run(labelled.arguments("task"))?;
        fs::write(labelled.path("labels.csv"), rows)?;
        ensure!(refused.code == Some(1), "{refused:?}");
        ensure!(!labelled.path("task").exists());
        Ok(refused.stderr)
    };
    let text = refused("slide-3.tiff", "slide-33.tiff")?;
    ensure!(
        text.contains("line 5 (slide `slide-33.tiff`)") && text.contains("no slide has the id"),
        "{text}"
    );
    // The same slide by its name without the ending.
    let text = refused("slide-3.tiff", "slide-2")?;
    ensure!(text.contains("line 5") && text.contains("line 4"), "{text}");
    let text = refused("slide-3.tiff,tumour", "slide-3.tiff,cancer")?;
    ensure!(
        text.contains("`cancer`") && text.contains("benign, tumour"),
        "{text}"
    );
    let text = refused("north,53", "north,old")?;
    ensure!(text.contains("`old` in column `age`"), "{text}");
    Ok(())
}

/// Starts a training and kills it once an epoch is kept.
fn kill_while_training(labelled: &Labelled) -> Result<()> {
    let mut process = coverslip()?
        .args(labelled.arguments("again"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let state = labelled.path("again.training/head-1.state");
    let written = wait_for(|| Ok(state.exists()));
    process.kill()?;
    process.wait()?;
    written?;
    ensure!(
        !labelled.path("again").exists(),
        "it was done before it was killed"
    );
    Ok(())
}

/// Tasks that a slide has a result of, in order.
fn tasks_of(server: &Server, slide: &str) -> Result<Vec<String>> {
    let answer = server.get_json(&format!("/api/v1/slides/{slide}/predictions"))?;
    let predictions = answer["predictions"].as_array().context("predictions")?;
    let task =
        |prediction: &serde_json::Value| prediction["task"]["id"].as_str().map(str::to_owned);
    Ok(predictions.iter().filter_map(task).collect())
}

fn wait_for(mut is_there: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !is_there()? {
        if Instant::now() > deadline {
            bail!("it did not come");
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
