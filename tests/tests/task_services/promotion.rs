//! A version of a service that nobody was shown yet: registered, scoring in shadow, evaluated by what it
//! said there, promoted by a person, and shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use harness::{Finished, Person, Server, phantom, pushed_new, run};
use serde_json::{Value, json};

use crate::command::{done, text};
use crate::service::{Service, root, service_task};

/// How far numpy's sums may be from ours.
const TOLERANCE: f64 = 1e-5;
const ALLOW: [&str; 2] = ["--task-service-allow", "127.0.0.0/8"];
/// A slide of 1024 pixels a side has fewer, one of 2048 has more.
const LEAST_TILES: [&str; 2] = ["--least-tiles", "10"];

#[test]
fn a_version_of_a_service_is_promoted_by_what_it_said_in_shadow() -> Result<()> {
    let mut lab = Lab::open()?;
    for number in 0..6 {
        lab.receive(number, 2_048)?;
    }
    let hash = lab.register()?;
    let refused = lab.evaluated("draft")?;
    ensure!(refused.code == Some(1), "{refused:?}");
    for said in [
        "6 of the labels' rows",
        "slide `case-5`",
        "coverslip model move",
    ] {
        ensure!(refused.stderr.contains(said), "{said}: {refused:?}");
    }

    lab.send_to_shadow(&hash)?;
    lab.wait_until_shadow_scored(&hash, 6)?;
    let n_asked = lab.service()?.asked()?.len();
    let in_shadow = lab.predictions("in-shadow")?;
    ensure!(in_shadow.len() == 6, "{in_shadow:?}");
    ensure!(
        lab.service()?.asked()?.len() == n_asked,
        "what it said in shadow was asked again"
    );
    ensure_near(&in_shadow, &lab.predictions_of_the_heads()?)?;

    lab.store_evaluation(&hash, "in-shadow")?;
    lab.promote(&hash)?;
    for (case, slide) in lab.slides.clone() {
        let shown = lab.wait_for_result(&slide)?;
        ensure!(shown["task"]["hash"] == hash.as_str(), "{shown}");
        let shown = shown["probability"].as_f64().context("a probability")?;
        let evaluated = in_shadow[&case];
        ensure!(shown == evaluated, "{case}: {evaluated} became {shown}");
    }
    ensure!(
        lab.predictions("in-service")? == in_shadow,
        "what is shown is not what was evaluated"
    );
    lab.ensure_counted(6)
}

#[test]
fn slides_without_figures_are_named_with_what_helps() -> Result<()> {
    let mut lab = Lab::open()?;
    let hash = lab.register()?;
    lab.send_to_shadow(&hash)?;
    for number in 0..2 {
        lab.receive(number, 2_048)?;
    }
    lab.wait_until_shadow_scored(&hash, 2)?;

    let service = lab.service.take().context("a service")?;
    let port = service.stop()?;
    let late = lab.receive(2, 2_048)?;
    lab.wait_for_failure(&late)?;
    let refused = lab.evaluated("away")?;
    ensure!(refused.code == Some(1), "{refused:?}");
    let remedy = format!("`coverslip score {late}`");
    for said in [
        "1 of the labels' rows",
        "(slide `case-2`)",
        "cannot be reached",
        &remedy,
    ] {
        ensure!(refused.stderr.contains(said), "{said}: {refused:?}");
    }

    let arguments = [&["--port", &port][..], &LEAST_TILES].concat();
    lab.service = Some(Service::start(lab.folder.path(), &arguments)?);
    let data = lab.data()?;
    done(&["score", &late, "--data", &data, ALLOW[0], ALLOW[1]])?;
    ensure!(lab.predictions("back")?.len() == 3);

    lab.receive(3, 1_024)?;
    lab.wait_until_shadow_scored(&hash, 4)?;
    let refused = lab.evaluated("declined")?;
    ensure!(refused.code == Some(1), "{refused:?}");
    for said in [
        "(slide `case-3`)",
        "there is too little of it",
        "take the row out",
    ] {
        ensure!(refused.stderr.contains(said), "{said}: {refused:?}");
    }

    let task = lab.task.clone();
    let bags = lab.folder.path().join("features");
    fs::create_dir(&bags)?;
    let refused = lab.evaluated_by(&task, &bags, "features")?;
    ensure!(refused.code == Some(1), "{refused:?}");
    ensure!(refused.stderr.contains("is no data folder"), "{refused:?}");
    Ok(())
}

/// An installation, a service that it may ask, and slides whose answer is known.
struct Lab {
    folder: tempfile::TempDir,
    server: Server,
    service: Option<Service>,
    task: PathBuf,
    /// By the names they were pushed under.
    slides: BTreeMap<String, String>,
}

impl Lab {
    fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let service = Service::start(folder.path(), &LEAST_TILES)?;
        let task = service_task(folder.path(), &service.url, |_| {})?;
        Ok(Self {
            server: Server::start(&folder.path().join("data"), ALLOW)?,
            service: Some(service),
            task,
            slides: BTreeMap::new(),
            folder,
        })
    }

    fn data(&self) -> Result<String> {
        Ok(text(&self.folder.path().join("data"))?.to_owned())
    }

    fn service(&self) -> Result<&Service> {
        self.service.as_ref().context("a service")
    }

    /// A slide with a tumour if its number is even, scored by the task that ships.
    fn receive(&mut self, number: u32, side: u32) -> Result<String> {
        let case = format!("case-{number}");
        let file = self.folder.path().join("phantom.tiff");
        let (side, seed) = (side.to_string(), (90_100 + number).to_string());
        let tumour = if number.is_multiple_of(2) { "0.3" } else { "0" };
        phantom(
            &file,
            &["--size", &side, "--tumour", tumour, "--seed", &seed],
        )?;
        let push = self.server.post("/api/v1/slides");
        let push = push.header("X-Filename", format!("{case}.tiff"));
        let slide = pushed_new(push.body(fs::read(&file)?))?;
        self.server.wait_for_state(&slide, &["scored"])?;
        self.slides.insert(case, slide.clone());
        Ok(slide)
    }

    /// Its hash. It is installed too, so that it is only its state that holds it back.
    fn register(&self) -> Result<String> {
        let criteria = self.folder.path().join("criteria.json");
        let asked = json!({
            "least_slides": 6,
            "figures": [
                { "measure": "auc", "limit": { "at_least": 0.9 }, "judged_by": "value" },
            ],
        });
        fs::write(&criteria, asked.to_string())?;
        let (task, data) = (text(&self.task)?, self.data()?);
        let criteria = text(&criteria)?;
        let registered = done(&[
            "model",
            "register",
            task,
            "--criteria",
            criteria,
            "--by",
            "Ada",
            "--data",
            &data,
        ])?;
        done(&["task", "install", task, "--data", &data])?;
        let mut words = registered.stdout.split_whitespace();
        Ok(words.next().context("a hash")?.to_owned())
    }

    fn send_to_shadow(&self, hash: &str) -> Result<()> {
        let data = self.data()?;
        done(&[
            "model",
            "move",
            hash,
            "shadow",
            "--by",
            "Ada",
            "--reason",
            "to compare",
            "--data",
            &data,
        ])?;
        Ok(())
    }

    fn wait_until_shadow_scored(&self, hash: &str, n: u64) -> Result<()> {
        let path = format!("/api/v1/models/{hash}/shadow");
        self.wait(&path, |said| said["n_shadow"] == n)?;
        for slide in self.slides.values() {
            let shown = self
                .server
                .get(&format!("/api/v1/slides/{slide}/predictions"))?;
            let shown = shown.text()?;
            ensure!(!shown.contains("partner-tumour"), "{shown}");
        }
        Ok(())
    }

    fn wait_for_failure(&self, slide: &str) -> Result<()> {
        let path = format!("/api/v1/slides/{slide}/task-failures");
        self.wait(&path, |said| said["failures"] != json!([]))?;
        Ok(())
    }

    /// Of the service.
    fn wait_for_result(&self, slide: &str) -> Result<Value> {
        let mine = |said: &Value| {
            let results = said["predictions"].as_array().into_iter().flatten();
            let mut of_service = results.filter(|one| one["task"]["id"] == "partner-tumour");
            of_service.next().cloned()
        };
        let path = format!("/api/v1/slides/{slide}/predictions");
        let said = self.wait(&path, |said| mine(said).is_some())?;
        mine(&said).context("a result")
    }

    fn wait(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let said = self.server.get_json(path)?;
            if is_so(&said) {
                return Ok(said);
            }
            ensure!(Instant::now() < deadline, "{path} still answers {said}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn evaluated(&self, out: &str) -> Result<Finished> {
        self.evaluated_by(&self.task, &self.folder.path().join("data"), out)
    }

    fn evaluated_by(&self, task: &Path, bags: &Path, out: &str) -> Result<Finished> {
        let labels = self.folder.path().join("labels.csv");
        let rows = self.slides.keys().enumerate();
        let rows = rows.map(|(number, case)| {
            let label = if number % 2 == 0 { "tumour" } else { "benign" };
            format!("{case},{label}\n")
        });
        fs::write(
            &labels,
            "slide,label\n".to_owned() + &rows.collect::<String>(),
        )?;
        let out = self.folder.path().join(out);
        run([
            "evaluate",
            "--task",
            text(task)?,
            "--bags",
            text(bags)?,
            "--labels",
            text(&labels)?,
            "--out",
            text(&out)?,
        ])
    }

    /// The probability of a tumour that the service's evaluation is made of, by case.
    fn predictions(&self, out: &str) -> Result<BTreeMap<String, f64>> {
        self.predictions_by(&self.task, out)
    }

    /// The same of the task that ships, whose heads the service has.
    fn predictions_of_the_heads(&self) -> Result<BTreeMap<String, f64>> {
        self.predictions_by(&root("models/shipped/tasks/phantom-tumour"), "heads")
    }

    fn predictions_by(&self, task: &Path, out: &str) -> Result<BTreeMap<String, f64>> {
        let evaluated = self.evaluated_by(task, &self.folder.path().join("data"), out)?;
        ensure!(evaluated.code == Some(0), "{evaluated:?}");
        let written = self.folder.path().join(out).join("predictions.csv");
        let written = fs::read_to_string(written)?;
        let mut lines = written.lines();
        let header: Vec<&str> = lines.next().context("a header")?.split(',').collect();
        let at = header.iter().position(|name| *name == "probability_tumour");
        let at = at.context("probabilities")?;
        let rows = lines.map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Ok((cells[0].to_owned(), cells[at].parse()?))
        });
        rows.collect()
    }

    fn store_evaluation(&self, hash: &str, out: &str) -> Result<()> {
        let report = self.folder.path().join(out).join("evaluation.json");
        let (report, data) = (text(&report)?, self.data()?);
        let stored = done(&[
            "model",
            "evaluation",
            hash,
            report,
            "--by",
            "Ada",
            "--data",
            &data,
        ])?;
        ensure!(stored.stdout.starts_with("evaluation 1: "), "{stored:?}");
        Ok(())
    }

    /// As a person: no token may.
    fn promote(&self, hash: &str) -> Result<()> {
        let person = Person::log_in(&self.server)?;
        let wanted = json!({ "state": "active", "reason": "it is as good as ours" });
        let moved = person.say_for(&format!("/api/v1/models/{hash}/state"), &wanted, 200)?;
        ensure!(moved["state"] == "active", "{moved}");
        Ok(())
    }

    /// Each slide once in shadow, and once for people.
    fn ensure_counted(&self, n: u64) -> Result<()> {
        let used = self.server.get_json("/api/v1/usage")?;
        let rows = used["work"].as_array().context("rows")?.iter();
        let mine = rows.filter(|row| row["name"] == "partner-tumour");
        let counted: BTreeMap<String, Value> = mine
            .map(|row| (row["kind"].to_string(), row["slides"].clone()))
            .collect();
        let of_each = [("\"scored\"", n), ("\"shadow\"", n)];
        let expected = of_each.map(|(kind, n)| (kind.to_owned(), json!(n)));
        ensure!(counted == BTreeMap::from(expected), "{used}");
        Ok(())
    }
}

fn ensure_near(ours: &BTreeMap<String, f64>, theirs: &BTreeMap<String, f64>) -> Result<()> {
    let is_near = |(case, p): (&String, &f64)| {
        let other = theirs.get(case);
        other.is_some_and(|other| (p - other).abs() < TOLERANCE)
    };
    ensure!(ours.iter().all(is_near), "{ours:?} {theirs:?}");
    ensure!(ours.len() == theirs.len(), "{ours:?} {theirs:?}");
    Ok(())
}
