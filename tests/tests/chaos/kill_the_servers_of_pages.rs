//! `kill -9` of the parts that answer people, in the middle of their answers.

use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use harness::{Asker, Server};

use crate::installation::{Installation, Part};
use crate::rounds::rounds;

const TASK: &str = "phantom-tumour";

#[test]
fn tiles_killed_while_it_serves() -> Result<()> {
    killed(Part::Tiles, |slide| {
        [
            format!("/slides/{slide}.dzi"),
            format!("/slides/{slide}_files/12/3_3.jpeg"),
            format!("/api/v1/slides/{slide}/thumbnail"),
            format!("/api/v1/slides/{slide}/heatmaps/{TASK}/attention.png"),
            format!("/iiif/3/{slide}/full/512,/0/default.jpg"),
        ]
    })
}

#[test]
fn cases_killed_while_it_answers() -> Result<()> {
    killed(Part::Cases, |slide| {
        [
            format!("/api/v1/slides/{slide}"),
            "/api/v1/slides".to_owned(),
            format!("/api/v1/slides/{slide}/predictions"),
            format!("/api/v1/slides/{slide}/predictions/{TASK}"),
            "/api/v1/slides?limit=1".to_owned(),
        ]
    })
}

/// Each path is asked for again and again while the part is killed; whatever was answered as whole
/// was right, and the next process answers the same.
fn killed(part: Part, paths: impl Fn(&str) -> [String; 5]) -> Result<()> {
    let mut installation = Installation::with_slides_of(4_096)?;
    let slide = installation.new_slide();
    let slide = installation.push(slide)?;
    let cases = installation.server(Part::Cases);
    cases.wait_for_state(&slide, &["scored"])?;
    for path in paths(&slide) {
        let right = whole(installation.server(part), &path)?;
        ensure!(!right.is_empty(), "{path} is empty");
        for round in 0..rounds()? {
            let server = installation.server(part).asker();
            let answers = thread::scope(|scope| {
                let asking = scope.spawn(|| answers_until_it_ends(&server, &path));
                // Another moment each time.
                thread::sleep(Duration::from_millis(5 + round * 7 % 40));
                installation.kill(part)?;
                asking.join().expect("the thread does not panic")
            })?;
            ensure!(
                answers.iter().all(|answer| *answer == right),
                "{path} was answered wrongly"
            );
            installation.start_again(part)?;
            ensure!(whole(installation.server(part), &path)? == right, "{path}");
        }
    }
    Ok(())
}

fn answers_until_it_ends(server: &Asker, path: &str) -> Result<Vec<Vec<u8>>> {
    let mut answers = Vec::new();
    // A connection that breaks off in the middle of an answer is an error, too.
    while let Ok(answer) = server.get(path) {
        let status = answer.status();
        let Ok(body) = answer.bytes() else { break };
        ensure!(status == 200, "{path} answered {status}");
        answers.push(body.to_vec());
    }
    Ok(answers)
}

fn whole(server: &Server, path: &str) -> Result<Vec<u8>> {
    let answer = server.get(path)?;
    let status = answer.status();
    ensure!(status == 200, "{path} answered {status}");
    Ok(answer.bytes()?.to_vec())
}
