//! The chart's dashboard and alerts ask for metrics that there are, in a language Prometheus reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use harness::Server;
use serde::Deserialize;
use serde_json::Value;

use crate::scrape::Scrape;
use crate::{painted, push};

const DASHBOARD: &str = "helm/coverslip/dashboards/coverslip.json";
const ALERTS: &str = "helm/coverslip/alerts/coverslip.yaml";

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    alert: String,
    expr: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

fn root(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)
}

/// The rules, when they and the panels' questions can be read as Prometheus does.
fn alerts() -> Result<Vec<Rule>> {
    let mut reader = Command::new(python()?)
        .args([root("tests/cluster/read_rules.py"), root(ALERTS)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut questions = reader.stdin.take().context("standard input is piped")?;
    for (_, expr) in panels()? {
        writeln!(questions, "{}", filled_in(&expr))?;
    }
    drop(questions);
    let read = reader.wait_with_output()?;
    ensure!(read.status.success(), "rules or questions cannot be read");
    let rules: Rules = serde_json::from_slice(&read.stdout)?;
    Ok(rules
        .groups
        .into_iter()
        .flat_map(|group| group.rules)
        .collect())
}

/// One that has the packages to read them with: on the PATH, or where `.ci/setup` puts it.
fn python() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.push(root(".venv/bin"));
    let mut programs = folders.iter().map(|folder| folder.join("python3"));
    programs
        .find(|program| {
            let mut asked = Command::new(program);
            asked.args(["-c", "import promql_parser, yaml"]);
            asked.stderr(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        })
        .context("no Python has promql-parser and PyYAML: run `.ci/setup`")
}

/// The panels' questions, by title.
fn panels() -> Result<Vec<(String, String)>> {
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(root(DASHBOARD))?)?;
    ensure!(
        dashboard["schemaVersion"].as_u64() >= Some(39),
        "Grafana 10 or newer"
    );
    let panels = dashboard["panels"].as_array().context("panels")?;
    let mut asked = Vec::new();
    for panel in panels {
        let title = panel["title"].as_str().context("a title")?;
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expr = target["expr"].as_str().context("a question")?;
            asked.push((title.to_owned(), expr.to_owned()));
        }
    }
    ensure!(asked.len() > 15, "{} panels", asked.len());
    Ok(asked)
}

/// As Grafana fills in what is its own.
fn filled_in(expr: &str) -> String {
    expr.replace("$__rate_interval", "5m").replace("$job", ".*")
}

/// Words of a question that name a metric of ours or of the process.
fn metrics_in(expr: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    expr.split(|c| !is_part(c))
        .filter(|word| word.starts_with("coverslip_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_question_can_be_read_and_asks_for_what_is_there() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // Nobody listens there: whoever sends results has counters of it before any was sent.
    let sends = ["--hl7-send", "127.0.0.1:9"];
    let server = Server::start(&folder.path().join("data"), sends)?;
    let id = push(&server, painted(folder.path(), "90141")?, &[])?;
    server.wait_for_state(&id, &["scored"])?;
    let refused = push(&server, b"no slide at all".to_vec(), &[])?;
    server.wait_for_state(&refused, &["quarantined"])?;
    let there = Scrape::of(&server)?.names();
    let alerts = alerts()?.into_iter().map(|rule| (rule.alert, rule.expr));
    for (title, expr) in panels()?.into_iter().chain(alerts) {
        let expr = filled_in(&expr);
        for metric in metrics_in(&expr) {
            ensure!(
                there.contains(&metric),
                "{title} asks for {metric}, which is not there"
            );
        }
    }
    Ok(())
}

#[test]
fn every_alert_says_what_is_wrong_and_what_to_do() -> Result<()> {
    let alerts = alerts()?;
    for rule in &alerts {
        let name = &rule.alert;
        for text in ["summary", "description", "what_to_do"] {
            let is_said = rule
                .annotations
                .get(text)
                .is_some_and(|said| said.len() > 20);
            ensure!(is_said, "{name} has no {text}");
        }
        let severity = rule.labels.get("severity").map(String::as_str);
        ensure!(
            matches!(severity, Some("warning" | "critical")),
            "{name}: {severity:?}"
        );
    }
    let commands: BTreeSet<_> = alerts
        .iter()
        .flat_map(|rule| rule.annotations.values())
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .filter_map(|command| command.strip_prefix("coverslip "))
        .collect();
    ensure!(commands.contains("queue redrive"), "{commands:?}");
    for command in commands {
        let words = command.split(' ').chain(["--help"]);
        let finished = harness::run(words)?;
        ensure!(
            finished.code == Some(0),
            "there is no `coverslip {command}`"
        );
    }
    Ok(())
}
