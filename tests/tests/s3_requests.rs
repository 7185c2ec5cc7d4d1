//! How many requests slides in S3 cost: they are what such storage charges for, and waits for.

use anyhow::{Result, ensure};
use harness::{Server, phantom};
use servers::{SeaweedServer, TroubledProxy, s3_arguments};

/// It took 53, those of an embedding that begins before we look among them. It has 8,500 tiles.
const MOST_TO_STORE: u64 = 100;

/// Its index, and the frame.
const TO_SEE_THE_FIRST_TILE: u64 = 2;

#[test]
fn a_slide_is_stored_and_seen_in_few_requests() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = tempfile::tempdir()?;
    let s3 = SeaweedServer::start_in(place.path())?;
    let line = TroubledProxy::start(s3.endpoint())?;
    let data = folder.path().join("data");
    let arguments = s3_arguments(line.endpoint());
    let file = folder.path().join("phantom.tiff");
    phantom(&file, &["--size", "20480", "--seed", "90141"])?;

    let server = Server::start(&data, arguments)?;
    let before = line.n_requests();
    let slide = server.push_new(std::fs::read(&file)?)?;
    server.wait_for_state(&slide, &["tiled", "embedded", "scored"])?;
    let to_store = line.n_requests() - before;
    ensure!(to_store > 10, "{to_store} requests cannot be all");
    ensure!(to_store <= MOST_TO_STORE, "{to_store} requests to store it");
    server.wait_for_state(&slide, &["scored"])?;
    drop(server);

    // Nothing of the slide is remembered.
    let server = Server::start(&data, arguments)?;
    let before = line.n_requests();
    let tile = server.get(&format!("/slides/{slide}_files/15/20_20.jpeg"))?;
    ensure!(tile.status() == 200, "{}", tile.status());
    let to_see = line.n_requests() - before;
    ensure!(
        to_see == TO_SEE_THE_FIRST_TILE,
        "{to_see} requests for the first tile"
    );
    Ok(())
}
