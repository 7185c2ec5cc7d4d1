//! An S3 that is slow, and one that comes and goes.

use std::time::Duration;

use anyhow::{Result, ensure};
use harness::{Server, phantom};
use serde_json::Value;
use servers::{Line, SeaweedServer, TroubledProxy, s3_arguments};

#[test]
fn slides_go_through_a_slow_and_a_flapping_s3() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    phantom(
        &file,
        &["--size", "4096", "--tumour", "0.2", "--grade", "3"],
    )?;
    let phantom = std::fs::read(&file)?;
    let s3 = SeaweedServer::start_in(place.path())?;
    let proxy = TroubledProxy::start(s3.endpoint())?;
    let data = folder.path().join("data");
    let server = Server::start(&data, s3_arguments(proxy.endpoint()))?;
    let undisturbed = server.push(phantom.clone())?;
    let undisturbed = server.wait_for_state(&undisturbed, &["scored"])?;

    proxy.set(Line::Slow(Duration::from_millis(5)));
    scores_as(&undisturbed, &server, &[&phantom[..], b"slow"].concat())?;

    proxy.set(Line::Flapping {
        good: Duration::from_millis(400),
        cut: Duration::from_millis(700),
    });
    // A quick machine may have a slide done between two cuts.
    let mut number = 0_u8;
    while proxy.n_cut() == 0 && number < 50 {
        scores_as(&undisturbed, &server, &[&phantom[..], &[number]].concat())?;
        number += 1;
    }
    ensure!(proxy.n_cut() > 0, "no connection was ever cut");
    Ok(())
}

/// A slide with the same tissue has the same result, whatever the line did.
fn scores_as(undisturbed: &Value, server: &Server, slide: &[u8]) -> Result<()> {
    let id = pushed_in_the_end(server, slide)?;
    let row = server.wait_for_state(&id, &["scored", "quarantined"])?;
    ensure!(row["status"]["state"] == "scored", "{row}");
    ensure!(row["probability"] == undisturbed["probability"], "{row}");
    Ok(())
}

/// As a scanner does: what is not acknowledged is pushed again.
fn pushed_in_the_end(server: &Server, slide: &[u8]) -> Result<String> {
    for _ in 0..20 {
        if let Ok(id) = server.push(slide.to_vec()) {
            return Ok(id);
        }
    }
    server.push(slide.to_vec())
}
