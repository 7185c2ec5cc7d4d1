//! Redis and S3 killed, and Redis wiped, while slides are on their way.

use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};
use harness::{Server, phantom};
use servers::{SeaweedServer, s3_arguments};

use crate::expected::Expected;
use crate::installation::Installation;
use crate::moment::Moment;
use crate::rounds::rounds;

/// What is enough where the server itself takes its time to come back.
const MOST_ROUNDS: u64 = 5;

#[test]
fn redis_killed_and_started_again() -> Result<()> {
    let mut installation = Installation::with_slides_of(8_192)?;
    let expected = Expected::from(&mut installation)?;
    for round in 0..rounds()?.min(MOST_ROUNDS) {
        let slide = installation.new_slide();
        let slide = installation.push(slide)?;
        let moments = [Moment::State("tiled"), Moment::Embedding];
        moments[round as usize % 2].wait(&installation, &slide)?;
        installation.redis.kill()?;
        thread::sleep(Duration::from_millis(500));
        installation.redis.restart()?;
        expected.check(&installation, &slide)?;
    }
    Ok(())
}

/// The sweeper restores the work from the catalog.
#[test]
fn redis_wiped() -> Result<()> {
    let mut installation = Installation::with_slides_of(8_192)?;
    let expected = Expected::from(&mut installation)?;
    for _ in 0..rounds()?.min(MOST_ROUNDS) {
        let slides = [installation.new_slide(), installation.new_slide()];
        let slides = slides.map(|slide| installation.push(slide));
        let slides: Vec<String> = slides.into_iter().collect::<Result<_>>()?;
        Moment::State("tiled").wait(&installation, &slides[0])?;
        installation.redis.wipe()?;
        for slide in &slides {
            expected.check(&installation, slide)?;
        }
    }
    Ok(())
}

#[test]
fn s3_killed_and_started_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    phantom(
        &file,
        &["--size", "8192", "--tumour", "0.2", "--grade", "3"],
    )?;
    let phantom = std::fs::read(&file)?;
    let mut s3 = SeaweedServer::start_in(place.path())?;
    let server = Server::start(&folder.path().join("data"), s3_arguments(s3.endpoint()))?;
    let undisturbed = server.push(phantom.clone())?;
    let undisturbed = server.wait_for_state(&undisturbed, &["scored"])?;
    for round in 0..rounds()?.min(MOST_ROUNDS) {
        let slide = server.push([&phantom[..], &round.to_le_bytes()].concat())?;
        thread::sleep(Duration::from_millis(200 * round));
        let killed = s3.kill();
        s3 = SeaweedServer::start_again(killed, place.path())?;
        let row = server.wait_for_state(&slide, &["scored", "quarantined"])?;
        ensure!(row["status"]["state"] == "scored", "{row}");
        ensure!(row["probability"] == undisturbed["probability"], "{row}");
    }
    Ok(())
}
