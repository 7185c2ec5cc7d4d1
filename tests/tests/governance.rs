//! Model governance with the real binary: a new version of the shipped task is registered, scores a
//! stored slide in shadow, is refused and then promoted, and is rolled back. All that shows results shows
//! those of the version that is active, and of no other.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use harness::{Finished, Server, next_version, phantom, pushed_new, run};
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

/// Predictions that a good task makes: 20 slides, one of them near the other side.
fn table(of_tumour: f64) -> String {
    let rows = (0..20).map(|n| {
        let is_tumour = n % 2 == 0;
        let probability = match (is_tumour, n) {
            (true, 0) => 0.45,
            (true, _) => of_tumour,
            (false, 1) => 0.5,
            (false, _) => 0.1,
        };
        let label = if is_tumour { "tumour" } else { "benign" };
        format!("s{n},{label},{probability}\n")
    });
    "slide,label,probability\n".to_owned() + &rows.collect::<String>()
}

struct Lab {
    folder: tempfile::TempDir,
    server: Server,
    cookie: String,
    client: Client,
}

impl Lab {
    fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::start(
            &folder.path().join("data"),
            ["--research-results", "marked"],
        )?;
        let client = Client::builder().redirect(Policy::none()).build()?;
        let link = server.login_link().context("a login link")?;
        let answer = client.get(link).send()?;
        let cookie = answer.headers().get("set-cookie").context("a cookie")?;
        let cookie = cookie.to_str()?.split(';').next().context("a cookie")?;
        Ok(Self {
            cookie: cookie.to_owned(),
            folder,
            server,
            client,
        })
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// As the person who opened the login link.
    fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        let request: RequestBuilder = self.client.post(format!("{}{path}", self.server.base()));
        let request = request.header("cookie", &self.cookie);
        let answer = request.header("sec-fetch-site", "same-origin").json(body);
        let answer = answer.send()?;
        let status = answer.status().as_u16();
        Ok((status, serde_json::from_str(&answer.text()?)?))
    }

    /// `coverslip model`, of this installation.
    fn model(&self, words: &[&str]) -> Result<Finished> {
        let data = self.data();
        run(["model"].iter().chain(words).chain(&["--data", &data]))
    }

    /// What `coverslip evaluate` says of such predictions of the task.
    fn evaluated(&self, task: &Path, of_tumour: f64) -> Result<Value> {
        let predictions = self.folder.path().join("predictions.csv");
        fs::write(&predictions, table(of_tumour))?;
        let out = self.folder.path().join("out");
        let arguments = [
            "evaluate",
            "--json",
            "--threshold",
            "0.5",
            "--predictions",
            text(&predictions)?,
            "--task",
            text(task)?,
            "--out",
            text(&out)?,
        ];
        let evaluated = run(arguments)?;
        ensure!(evaluated.code == Some(0), "{evaluated:?}");
        evaluated.json()
    }

    /// All that anybody is shown of a slide's results.
    fn shown(&self, slide: &str) -> Result<String> {
        let mut shown = String::new();
        let study = self.server.get_json("/dicomweb/studies")?;
        let study = study[0]["0020000D"]["Value"][0]
            .as_str()
            .context("a study")?;
        for path in [
            format!("/api/v1/slides/{slide}"),
            format!("/api/v1/slides/{slide}/predictions"),
            "/fhir/R4/Observation".to_owned(),
            "/fhir/R4/Device".to_owned(),
            "/fhir/R4/DiagnosticReport".to_owned(),
            format!("/dicomweb/studies/{study}/metadata"),
            format!("/api/v1/slides/{slide}/report.html"),
        ] {
            let answer = self.server.get(&path)?;
            ensure!(answer.status().is_success(), "{path}: {}", answer.status());
            shown += &answer.text()?;
        }
        Ok(shown)
    }

    /// Waits until the version's result is the first that is shown.
    fn wait_for_version(&self, slide: &str, version: &str) -> Result<Value> {
        self.wait(&format!("/api/v1/slides/{slide}/predictions"), |answer| {
            answer["predictions"][0]["task"]["version"] == version
        })
    }

    fn wait(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value> {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let answer = self.server.get_json(path)?;
            if is_so(&answer) {
                return Ok(answer);
            }
            ensure!(Instant::now() < deadline, "{path} still answers {answer}");
            thread::sleep(Duration::from_millis(200));
        }
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path of text")
}

#[test]
fn a_new_version_goes_through_shadow_to_service_and_back() -> Result<()> {
    let lab = Lab::open()?;
    let slide = lab.receive_tumour()?;
    let version = lab.register_next_version()?;
    lab.ensure_states(["\"1.0.0\" \"active\"", "\"2.0.0\" \"draft\""])?;
    lab.score_in_shadow(&version, &slide)?;
    lab.ensure_only_the_first_is_shown(&version, &slide)?;
    lab.promote_once_it_was_evaluated(&version)?;
    let second = lab.wait_for_version(&slide, "2.0.0")?;
    ensure!(
        second["predictions"][0]["call"]["label"] == "benign",
        "{second}"
    );
    lab.roll_back(&version, &slide)?;
    let verified = run(["audit", "verify", "--data", &lab.data()])?;
    ensure!(verified.code == Some(0), "{verified:?}");
    Ok(())
}

/// What is brought into service after the task that ships.
struct Version {
    task: PathBuf,
    hash: String,
}

impl Version {
    fn path(&self, below: &str) -> String {
        format!("/api/v1/models/{}/{below}", self.hash)
    }
}

impl Lab {
    /// A slide that the task that ships calls a tumour.
    fn receive_tumour(&self) -> Result<String> {
        let file = self.folder.path().join("phantom.tiff");
        let painted = [
            "--size", "4096", "--tumour", "0.2", "--grade", "3", "--seed", "90002",
        ];
        phantom(&file, &painted)?;
        let push = self.server.post("/api/v1/slides");
        let push = push.header("X-Accession", "S26-1");
        let slide = pushed_new(push.body(fs::read(&file)?))?;
        self.server.wait_for_state(&slide, &["scored"])?;
        let first = self.wait_for_version(&slide, "1.0.0")?;
        ensure!(
            first["predictions"][0]["call"]["label"] == "tumour",
            "{first}"
        );
        Ok(slide)
    }

    /// Registered before it is installed, so that it is never in service without anybody's word.
    fn register_next_version(&self) -> Result<Version> {
        let task = next_version(self.folder.path())?;
        let criteria = self.folder.path().join("criteria.json");
        let asked = json!({
            "least_slides": 20,
            "figures": [{ "measure": "auc", "limit": { "at_least": 0.9 } }],
        });
        fs::write(&criteria, asked.to_string())?;
        let criteria = text(&criteria)?;
        let words = [
            "register",
            text(&task)?,
            "--criteria",
            criteria,
            "--by",
            "Ada",
        ];
        let registered = self.model(&words)?;
        ensure!(registered.code == Some(0), "{registered:?}");
        let hash = registered.stdout.split_whitespace().next();
        let hash = hash.context("a hash")?.to_owned();
        let installed = run(["task", "install", text(&task)?, "--data", &self.data()])?;
        ensure!(installed.code == Some(0), "{installed:?}");
        Ok(Version { task, hash })
    }

    fn ensure_states(&self, expected: [&str; 2]) -> Result<()> {
        let models = self.server.get_json("/api/v1/models")?;
        let rows = models["models"].as_array().context("models")?.iter();
        let states = rows.map(|one| format!("{} {}", one["version"], one["state"]));
        let states: Vec<_> = states.collect();
        let is_there = |state: &&str| states.iter().any(|one| one == state);
        ensure!(expected.iter().all(is_there), "{states:?}");
        Ok(())
    }

    /// In shadow it scores the stored bag.
    fn score_in_shadow(&self, version: &Version, slide: &str) -> Result<()> {
        let moved = self.model(&[
            "move",
            &version.hash,
            "shadow",
            "--by",
            "Ada",
            "--reason",
            "to compare",
        ])?;
        ensure!(moved.code == Some(0), "{moved:?}");
        let report = self.wait(&version.path("shadow"), |report| report["n_both"] == 1)?;
        ensure!(
            report["n_changed"] == 1 && report["n_agree"] == 0,
            "{report}"
        );
        ensure!(report["slides"][0]["slide"] == slide, "{report}");
        ensure!(
            report["slides"][0]["shadow"]["answer"] == "benign",
            "{report}"
        );
        Ok(())
    }

    fn ensure_only_the_first_is_shown(&self, version: &Version, slide: &str) -> Result<()> {
        let shown = self.shown(slide)?;
        ensure!(
            shown.contains("1.0.0"),
            "nothing of the active version is shown"
        );
        for canary in ["2.0.0", &version.hash[..12]] {
            ensure!(
                !shown.contains(canary),
                "{canary} is shown of what is in shadow"
            );
        }
        Ok(())
    }

    /// Not before an evaluation meets what was asked of it, and not by a token.
    fn promote_once_it_was_evaluated(&self, version: &Version) -> Result<()> {
        let state = version.path("state");
        let wanted = json!({ "state": "active", "reason": "it is better" });
        let (status, refused) = self.post(&state, &wanted)?;
        ensure!(status == 409, "{status} {refused}");
        let by_token = self.server.post(&state).json(&wanted).send()?;
        ensure!(
            by_token.status() == 403,
            "a token promoted: {}",
            by_token.status()
        );
        for (of_tumour, is_met) in [(0.3, false), (0.9, true)] {
            let evaluated = self.evaluated(&version.task, of_tumour)?;
            let (status, stored) = self.post(&version.path("evaluations"), &evaluated)?;
            ensure!(
                status == 201 && stored["verdict"]["is_met"] == is_met,
                "{status} {stored}"
            );
            let (status, answer) = self.post(&state, &wanted)?;
            ensure!(
                status == if is_met { 200 } else { 409 },
                "{status} {answer}"
            );
        }
        Ok(())
    }

    /// One call puts back what was there, at once.
    fn roll_back(&self, version: &Version, slide: &str) -> Result<()> {
        let reason = json!({ "reason": "it misses everything" });
        let (status, back) = self.post(&version.path("rollback"), &reason)?;
        ensure!(
            status == 200 && back["version"] == "1.0.0",
            "{status} {back}"
        );
        let shown = self.shown(slide)?;
        ensure!(
            !shown.contains(&version.hash[..12]),
            "what was rolled back is still shown"
        );
        let first = self
            .server
            .get_json(&format!("/api/v1/slides/{slide}/predictions"))?;
        ensure!(
            first["predictions"].as_array().map(Vec::len) == Some(1),
            "{first}"
        );
        ensure!(
            first["predictions"][0]["call"]["label"] == "tumour",
            "{first}"
        );
        Ok(())
    }
}
