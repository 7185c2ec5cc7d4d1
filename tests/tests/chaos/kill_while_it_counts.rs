//! `kill -9` of whatever works on slides, at moments of chance: in the end each piece of work has been
//! counted once, as where nothing was killed.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use harness::{Finished, next_version, run};
use serde_json::json;

use crate::installation::{Installation, Part};
use crate::rounds::rounds;

const SIDE: u32 = 8_192;
const SLIDES: u64 = 4;
const LONGEST_PAUSE: Duration = Duration::from_millis(1_200);
/// Then the slides are left in peace: a worker that dies again and again comes to no end.
const MOST_KILLS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn each_piece_of_work_counts_once() -> Result<()> {
    let undisturbed = Metered::open()?;
    undisturbed.wait_for_all()?;
    let expected = undisturbed.counted()?;
    ensure!(expected.len() == 3, "{expected:?}");
    for round in 0..rounds()? {
        let mut metered = Metered::open()?;
        let n_kills = metered.kill_by(Chance(round))?;
        ensure!(n_kills > 1, "the slides were too quick to be killed");
        metered.wait_for_all()?;
        let counted = metered.counted()?;
        ensure!(
            counted == expected,
            "after {n_kills} kills of round {round}: {counted:?}, not {expected:?}"
        );
    }
    Ok(())
}

/// Slides and tiles by kind and model.
type Counted = BTreeMap<[String; 3], (Option<u64>, Option<u64>)>;

/// An installation with slides on their way, and a task in shadow.
struct Metered {
    installation: Installation,
    slides: Vec<String>,
    /// The hash of what is in shadow.
    shadow: String,
}

impl Metered {
    fn open() -> Result<Self> {
        let mut installation = Installation::with_slides_of(SIDE)?;
        // What is in service is known once it has scored a slide.
        let slide = installation.new_slide();
        let first = installation.push(slide)?;
        let cases = installation.server(Part::Cases);
        cases.wait_for_state(&first, &["scored"])?;
        let shadow = in_shadow(&installation)?;
        let mut slides = vec![first];
        for _ in 0..SLIDES {
            let slide = installation.new_slide();
            slides.push(installation.push(slide)?);
        }
        Ok(Self {
            installation,
            slides,
            shadow,
        })
    }

    /// Until all is done, or was killed often enough; how often.
    fn kill_by(&mut self, mut chance: Chance) -> Result<u32> {
        const PARTS: [Part; 3] = [Part::Embed, Part::Mil, Part::Ingest];
        for n_kills in 0..MOST_KILLS {
            thread::sleep(LONGEST_PAUSE.mul_f64(chance.next()));
            if self.is_all_done()? {
                return Ok(n_kills);
            }
            let part = PARTS[(chance.next() * PARTS.len() as f64) as usize];
            self.installation.kill(part)?;
            self.installation.start_again(part)?;
        }
        Ok(MOST_KILLS)
    }

    fn wait_for_all(&self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.is_all_done()? {
            ensure!(Instant::now() < deadline, "slides do not end");
            // A slide whose worker was killed again and again is given up; a person tries it again.
            self.installation.redrive()?;
            thread::sleep(Duration::from_secs(1));
        }
        Ok(())
    }

    fn is_all_done(&self) -> Result<bool> {
        let cases = self.installation.server(Part::Cases);
        for slide in &self.slides {
            let row = cases.get_json(&format!("/api/v1/slides/{slide}"))?;
            if row["status"]["state"] != "scored" {
                return Ok(false);
            }
        }
        let said = cases.get_json(&format!("/api/v1/models/{}/shadow", self.shadow))?;
        Ok(said["n_shadow"] == self.slides.len())
    }

    fn counted(&self) -> Result<Counted> {
        let cases = self.installation.server(Part::Cases);
        let said = cases.get_json("/api/v1/usage")?;
        let rows = said["work"].as_array().context("rows")?.iter();
        let counted = rows.map(|row| {
            let model = ["kind", "name", "model"].map(|name| row[name].to_string());
            (model, (row["slides"].as_u64(), row["tiles"].as_u64()))
        });
        Ok(counted.collect())
    }
}

/// Brings in a second version of the task that ships; its hash.
fn in_shadow(installation: &Installation) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let task = next_version(folder.path())?;
    let criteria = folder.path().join("criteria.json");
    let figure = json!({ "measure": "auc", "limit": { "at_least": 0.9 } });
    let asked = json!({ "least_slides": 1, "figures": [figure] });
    fs::write(&criteria, asked.to_string())?;
    let task = task.to_str().context("a path of text")?;
    let criteria = criteria.to_str().context("a path of text")?;
    let data = installation.data();
    let data = data.to_str().context("a path of text")?;
    let registered = done(&[
        "model",
        "register",
        task,
        "--criteria",
        criteria,
        "--by",
        "Ada",
        "--data",
        data,
    ])?;
    let hash = registered.stdout.split_whitespace().next();
    let hash = hash.context("a hash")?.to_owned();
    done(&["task", "install", task, "--data", data])?;
    done(&[
        "model",
        "move",
        &hash,
        "shadow",
        "--by",
        "Ada",
        "--reason",
        "to count it",
        "--data",
        data,
    ])?;
    Ok(hash)
}

fn done(arguments: &[&str]) -> Result<Finished> {
    let finished = run(arguments)?;
    ensure!(finished.code == Some(0), "{arguments:?}: {finished:?}");
    Ok(finished)
}

/// The same numbers for the same seed, by a linear congruential generator (Knuth's MMIX).
struct Chance(u64);

impl Chance {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1_u32 << 24)
    }
}
