use anyhow::{Context, Result, ensure};
use harness::Server;
use servers::RedisServer;

use crate::collector::{Collector, Taken};
use crate::{CANARY, painted, push, wait_for};

/// What a scanner says it was doing.
const SENDER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

const STEPS: [&str; 4] = ["receive", "tile", "embed", "score"];

#[test]
fn one_slide_is_one_trace_in_one_process() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let collector = Collector::start()?;
    let arguments = ["--otlp-endpoint", collector.endpoint.as_str()];
    let server = Server::start(&folder.path().join("data"), arguments)?;
    let slide = painted(folder.path(), "90111")?;
    let id = push(&server, slide, &[("traceparent", SENDER)])?;
    server.wait_for_state(&id, &["scored"])?;
    let steps = steps_of(&collector)?;
    for step in &steps {
        ensure!(step.service == "coverslip-up", "{step:?}");
    }
    is_the_path_of(&id, &steps)
}

#[test]
fn one_slide_is_one_trace_through_five_processes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let collector = Collector::start()?;
    let redis = RedisServer::start()?;
    let url = redis.url();
    let catalog = ["--data", data.to_str().context("a path of text")?];
    let arguments = ["--redis-url", &url, "--otlp-endpoint", &collector.endpoint];
    let ingest = Server::start_part(&["serve", "ingest"], &catalog, arguments)?;
    let cases = Server::start_part(&["serve", "cases"], &catalog, arguments)?;
    let _tiles = Server::start_part(&["serve", "tiles"], &catalog, arguments)?;
    let _embed = Server::start_part(&["work", "embed"], &catalog, arguments)?;
    let _mil = Server::start_part(&["work", "mil"], &catalog, arguments)?;
    let slide = painted(folder.path(), "90112")?;
    let id = push(&ingest, slide, &[("traceparent", SENDER)])?;
    cases.wait_for_state(&id, &["scored"])?;
    let steps = steps_of(&collector)?;
    let services: Vec<_> = steps.iter().map(|step| step.service.as_str()).collect();
    let expected = ["ingest", "ingest", "embed", "mil"].map(|part| format!("coverslip-{part}"));
    ensure!(services == expected, "{services:?}");
    is_the_path_of(&id, &steps)
}

/// The first span of each step, in order, when all are there.
fn steps_of(collector: &Collector) -> Result<Vec<Taken>> {
    wait_for("a span of each step", || {
        let spans = collector.spans();
        let first = |name: &&str| {
            spans
                .iter()
                .find(|taken| taken.span.name == **name)
                .cloned()
        };
        Ok(STEPS.iter().map(first).collect())
    })
}

/// One trace, each step the child of the one before, that says nothing but the slide's id.
fn is_the_path_of(slide: &str, steps: &[Taken]) -> Result<()> {
    let sender: Vec<&str> = SENDER.split('-').collect();
    let mut parent = sender[2].to_owned();
    for Taken { span, .. } in steps {
        let name = &span.name;
        ensure!(
            hex(&span.trace_id) == sender[1],
            "{name} is in another trace"
        );
        ensure!(
            hex(&span.parent_span_id) == parent,
            "{name} has another parent"
        );
        ensure!(span.end_time_unix_nano > span.start_time_unix_nano);
        let keys: Vec<&str> = span.attributes.iter().map(|a| a.key.as_str()).collect();
        ensure!(
            keys.contains(&"slide.id"),
            "{name} is about nothing: {keys:?}"
        );
        let known = ["slide.id", "attempt", "trace.id", "busy_ns", "idle_ns"];
        ensure!(keys.iter().all(|key| known.contains(key)), "{keys:?}");
        let text = format!("{span:?}");
        ensure!(text.contains(slide) && !text.contains(CANARY), "{text}");
        ensure!(
            span.events.is_empty(),
            "log lines are no part of a trace: {text}"
        );
        parent = hex(&span.span_id);
    }
    let last = steps.last().context("a step")?;
    ensure!(
        last.span
            .status
            .as_ref()
            .is_none_or(|status| status.code != 2)
    );
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
