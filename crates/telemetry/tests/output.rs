//! What a process shows of itself. Logs and metrics are global, so each test runs this file's
//! programs, the ignored tests, in a process of their own.

use std::error::Error;
use std::process::{Command, Output};

use coverslip_telemetry::{LogFormat, TileKind, init, record_stage, slide_reached, tiles_served};
use flow::{SlideStatus, Stage, StageTiming};
use tracing::{debug, info};

type TestResult = Result<(), Box<dyn Error>>;

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
    let frames = tiles_served(TileKind::Frame);
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
        "coverslip_tiles_served_total{kind=\"frame\"} 3",
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
