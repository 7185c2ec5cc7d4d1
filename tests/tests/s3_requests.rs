//! How many requests slides in S3 cost: they are what such storage charges for, and waits for.

use anyhow::{Context, Result, ensure};
use harness::{Server, phantom};
use serde_json::Value;
use servers::{ACCESS_KEY, BUCKET, SECRET_KEY, SeaweedServer, TroubledProxy};

/// It took 53, those of an embedding that begins before we look among them. It has 8,500 tiles.
const MOST_TO_STORE: u64 = 100;

/// Its manifest, its index, and the frame.
const TO_SEE_THE_FIRST_TILE: u64 = 3;

#[test]
fn a_slide_is_stored_and_seen_in_few_requests() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let place = tempfile::tempdir()?;
    let s3 = SeaweedServer::start_in(place.path())?;
    let line = TroubledProxy::start(s3.endpoint())?;
    let data = folder.path().join("data");
    let arguments = [
        ["--s3-bucket", BUCKET],
        ["--s3-endpoint", line.endpoint()],
        ["--s3-access-key-id", ACCESS_KEY],
        ["--s3-secret-access-key", SECRET_KEY],
    ]
    .concat();
    let file = folder.path().join("phantom.tiff");
    phantom(&file, &["--size", "20480", "--seed", "90141"])?;

    let server = Server::start(&data, &arguments)?;
    let before = line.n_requests();
    let push = server.post("/api/v1/slides");
    let answer = push.body(std::fs::File::open(&file)?).send()?;
    let answer: Value = serde_json::from_str(&answer.text()?)?;
    let slide = answer["id"].as_str().context("an id")?;
    server.wait_for_state(slide, &["tiled", "embedded", "scored"])?;
    let to_store = line.n_requests() - before;
    ensure!(to_store > 10, "{to_store} requests cannot be all");
    ensure!(to_store <= MOST_TO_STORE, "{to_store} requests to store it");
    server.wait_for_state(slide, &["scored"])?;
    drop(server);

    // Nothing of the slide is remembered.
    let server = Server::start(&data, &arguments)?;
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
