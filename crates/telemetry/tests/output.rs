//! What a process shows of itself. Logs and metrics are global, so each test runs this file's
//! programs, the ignored tests, in a process of their own.

use std::error::Error;
use std::process::{Command, Output};

use coverslip_telemetry::{
    Collector, LogFormat, Metrics, StepSpan, Telemetry, TelemetryConfig, TelemetryError, TilePath,
    TraceContext, record_stage, slide_reached, tiles_served,
};
use flow::{Sha256Digest, SlideId, SlideStatus, Stage, StageTiming};
use tracing::{debug, info};

type TestResult = Result<(), Box<dyn Error>>;

fn init(log_format: LogFormat, filter: &str) -> Result<Metrics, TelemetryError> {
    let config = TelemetryConfig {
        log_format,
        log_filter: filter.to_owned(),
        collector: None,
        service: "test",
    };
    let Telemetry { metrics, .. } = coverslip_telemetry::init(&config)?;
    Ok(metrics)
}

fn run(program: &str) -> Result<Output, Box<dyn Error>> {
    let arguments = ["--ignored", "--exact", program, "--nocapture"];
    let output = Command::new(std::env::current_exe()?)
        .args(arguments)
        .output()?;
    assert!(output.status.success(), "{output:?}");
    Ok(output)
}

fn say_something() {
    info!(slide.id = "00ff", duration_ms = 12, "tiled a slide");
    debug!("this is too much");
}

#[test]
#[ignore = "a program of another test"]
fn logs_json() -> TestResult {
    init(LogFormat::Auto, "info")?;
    say_something();
    Ok(())
}

#[test]
fn away_from_a_terminal_a_log_line_is_one_json_object() -> TestResult {
    let stderr = String::from_utf8(run("logs_json")?.stderr)?;
    let lines: Vec<serde_json::Value> = stderr
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let [line] = lines.as_slice() else {
        panic!("not one line: {stderr}");
    };
    assert_eq!(line["message"], "tiled a slide");
    assert_eq!(line["slide.id"], "00ff");
    assert_eq!(line["duration_ms"], 12);
    assert_eq!(line["level"], "INFO");
    Ok(())
}

#[test]
#[ignore = "a program of another test"]
fn logs_a_step() -> TestResult {
    init(LogFormat::Json, "warn,output=info")?;
    let parent: TraceContext = PARENT.parse()?;
    let step = StepSpan::begin(Stage::Embed, Some(&parent));
    step.about(SlideId::from_digest(&Sha256Digest::of(b"slide")));
    step.attempt(2);
    let published = within(&step, say_something).ok_or("there is no trace within a step")?;
    println!("{published}");
    assert_eq!(TraceContext::current(), None);
    Ok(())
}

/// Does something within a step, and says which trace that is in.
fn within(step: &StepSpan, work: impl FnOnce()) -> Option<TraceContext> {
    let within = std::pin::pin!(step.within(async {
        work();
        TraceContext::current()
    }));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match within.poll(&mut context) {
        std::task::Poll::Ready(trace) => trace,
        std::task::Poll::Pending => None,
    }
}

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[test]
fn a_line_written_within_a_step_names_slide_step_and_trace() -> TestResult {
    let output = run("logs_a_step")?;
    let line: serde_json::Value = serde_json::from_slice(&output.stderr)?;
    let span = &line["span"];
    assert_eq!(span["name"], "embed");
    let id = SlideId::from_digest(&Sha256Digest::of(b"slide"));
    assert_eq!(span["slide.id"], id.to_string());
    assert_eq!(span["attempt"], 2);
    assert_eq!(span["trace.id"], PARENT[3..35]);
    let stdout = String::from_utf8(output.stdout)?;
    let published = stdout.lines().find(|line| line.starts_with("00-"));
    let published = published.ok_or("a message carries the trace on")?;
    assert_eq!(published[3..35], PARENT[3..35], "the same trace");
    assert_ne!(published[36..52], PARENT[36..52], "another step");
    Ok(())
}

#[test]
#[ignore = "a program of another test"]
fn sends_traces_to_nobody() -> TestResult {
    let collector: Collector = "http://127.0.0.1:1".parse()?;
    let telemetry = coverslip_telemetry::init(&TelemetryConfig {
        log_format: LogFormat::Json,
        log_filter: "warn".to_owned(),
        collector: Some(collector),
        service: "test",
    })?;
    let began = std::time::Instant::now();
    for _ in 0..10_000 {
        drop(StepSpan::begin(Stage::Tile, None));
    }
    assert!(
        began.elapsed().as_secs() < 5,
        "spans wait for the collector"
    );
    let began = std::time::Instant::now();
    telemetry.traces.end();
    assert!(
        began.elapsed().as_secs() < 4,
        "the end waits for the collector"
    );
    Ok(())
}

#[test]
fn a_collector_that_is_away_holds_up_nothing_and_is_named_once() -> TestResult {
    let stderr = String::from_utf8(run("sends_traces_to_nobody")?.stderr)?;
    let lines = stderr
        .lines()
        .filter(|line| line.contains("takes no traces"));
    assert_eq!(lines.count(), 1, "{stderr}");
    Ok(())
}

#[test]
#[ignore = "a program of another test"]
fn logs_for_people() -> TestResult {
    init(LogFormat::Human, "debug")?;
    say_something();
    Ok(())
}

#[test]
fn for_people_there_are_plain_lines_as_the_filter_says() -> TestResult {
    let stderr = String::from_utf8(run("logs_for_people")?.stderr)?;
    assert_eq!(stderr.lines().count(), 2, "{stderr}");
    assert!(stderr.contains("tiled a slide"));
    assert!(!stderr.contains('\u{1b}'), "colours are for terminals");
    Ok(())
}

#[test]
#[ignore = "a program of another test"]
fn counts() -> TestResult {
    let metrics = init(LogFormat::Json, "warn")?;
    let frames = tiles_served(TilePath::DeepZoom);
    frames.increment(2);
    frames.increment(1);
    slide_reached(&SlideStatus::Tiled);
    record_stage(StageTiming::of_wall(Stage::Embed, 2.0));
    println!("{}", metrics.render());
    Ok(())
}

#[test]
fn metrics_are_shown_as_prometheus_reads_them() -> TestResult {
    let stdout = String::from_utf8(run("counts")?.stdout)?;
    for line in [
        "coverslip_tiles_served_total{path=\"deep_zoom\"} 3",
        "coverslip_slides_total{state=\"tiled\"} 1",
        "coverslip_stage_seconds_bucket{stage=\"embed\",le=\"1\"} 0",
        "coverslip_stage_seconds_bucket{stage=\"embed\",le=\"3\"} 1",
        "# TYPE coverslip_stage_seconds histogram",
    ] {
        assert!(
            stdout.lines().any(|found| found == line),
            "{line}\n{stdout}"
        );
    }
    Ok(())
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    let refused = init(LogFormat::Json, "coverslip=loud");
    let message = refused.map(|_| ()).map_err(|error| error.to_string());
    assert!(message.is_err_and(|text| text.starts_with("the log filter is not valid")));
}

#[test]
fn formats_have_names() {
    assert_eq!("json".parse::<LogFormat>().ok(), Some(LogFormat::Json));
    assert!("xml".parse::<LogFormat>().is_err());
}

#[test]
#[ignore = "a program of another test"]
fn steps_after_questions() -> TestResult {
    init(LogFormat::Json, "debug")?;
    for _ in 0..3 {
        let step = StepSpan::begin(Stage::Tile, None);
        assert!(within(&step, say_something).is_some(), "it is in no trace");
        // Somebody asks whether a line would be written, and writes none.
        assert!(tracing::enabled!(tracing::Level::DEBUG));
    }
    Ok(())
}

#[test]
fn a_step_has_its_trace_whatever_was_asked_before() -> TestResult {
    run("steps_after_questions")?;
    Ok(())
}
