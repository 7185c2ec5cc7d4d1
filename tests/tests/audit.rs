//! `coverslip audit` on an installation that did something, and on one that was tampered with.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use harness::{phantom, run};
use serde_json::Value;

struct Installation {
    folder: tempfile::TempDir,
}

impl Installation {
    /// With a slide that has its result.
    fn with_a_result() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("phantom.tiff");
        phantom(&file, &["--size", "2048", "--tumour", "0.2", "--seed", "5"])?;
        let installation = Self { folder };
        let analyzed = run(["analyze", text(&file)?, "--data", &installation.data()?])?;
        ensure!(analyzed.code == Some(0), "{}", analyzed.stderr);
        let token = ["token", "create", "--role", "lis", "--name", "the lis"];
        let made = run([&token[..], &["--data", &installation.data()?]].concat())?;
        ensure!(made.code == Some(0), "{}", made.stderr);
        Ok(installation)
    }

    fn data(&self) -> Result<String> {
        Ok(text(&self.folder.path().join("data"))?.to_owned())
    }

    fn verify(&self, head: &[&str]) -> Result<(Option<i32>, Value)> {
        let data = self.data()?;
        let verify = ["audit", "verify", "--json", "--data", &data];
        let finished = run([&verify[..], head].concat())?;
        Ok((finished.code, finished.json()?))
    }

    /// Behind the catalog's back, with the triggers gone that would refuse it.
    fn tamper(&self, sql: &str) -> Result<()> {
        let script = "import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
names = base.execute(\"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'\")
for name, in names.fetchall():
    base.execute(f'DROP TRIGGER {name}')
base.executescript(sys.argv[2])
base.commit()";
        let catalog = Path::new(&self.data()?).join("catalog.sqlite");
        let python = Command::new("python3")
            .args(["-c", script, text(&catalog)?, sql])
            .status()?;
        ensure!(python.success(), "the trail could not be tampered with");
        Ok(())
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path of text")
}

#[test]
fn a_trail_is_verified_given_out_and_found_tampered_with() -> Result<()> {
    let installation = Installation::with_a_result()?;
    let (code, good) = installation.verify(&[])?;
    ensure!(code == Some(0) && good["is_good"] == true, "{good}");
    let n_events = good["n_events"].as_u64().context("a number")?;
    ensure!(n_events >= 3, "{good}");
    let head = good["head"].as_str().context("a head")?;

    let data = installation.data()?;
    let exported = run(["audit", "export", "--data", &data])?;
    ensure!(exported.code == Some(0), "{}", exported.stderr);
    let events: Vec<Value> = exported
        .stdout
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let count = u64::try_from(events.len())?;
    ensure!(count == n_events + 1, "the export itself is the last event");
    let done: Vec<&str> = events
        .iter()
        .filter_map(|event| event["subtype"][1]["code"].as_str())
        .collect();
    for action in [
        "slide_received",
        "result_recorded",
        "token_added",
        "audit_exported",
    ] {
        ensure!(done.contains(&action), "{action} is not in {done:?}");
    }
    let nth = usize::try_from(n_events - 1)?;
    ensure!(
        events[nth]["extension"][0]["valueString"] == head,
        "{}",
        events[nth]
    );

    let (code, again) = installation.verify(&["--head", head])?;
    ensure!(code == Some(0), "the chain leads through its head: {again}");
    let unknown = "5".repeat(64);
    let (code, refused) = installation.verify(&["--head", &unknown])?;
    ensure!(
        code == Some(1) && refused["fault"]["code"] == "head_unknown",
        "{refused}"
    );

    installation.tamper("UPDATE audit SET actor = 'nobody' WHERE seq = 2")?;
    let (code, bad) = installation.verify(&[])?;
    ensure!(code == Some(1) && bad["is_good"] == false, "{bad}");
    ensure!(
        bad["fault"]["seq"] == 2 && bad["fault"]["code"] == "changed",
        "{bad}"
    );
    Ok(())
}

#[test]
fn a_mistyped_folder_is_no_empty_trail() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let typo = folder.path().join("dta");
    let finished = run(["audit", "verify", "--data", text(&typo)?])?;
    ensure!(finished.code == Some(1), "{finished:?}");
    ensure!(
        finished.stderr.contains("no catalog.sqlite"),
        "{}",
        finished.stderr
    );
    ensure!(!typo.exists() && fs::read_dir(folder.path())?.next().is_none());
    Ok(())
}
