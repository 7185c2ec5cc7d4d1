use std::fs;

use anyhow::{Context, Result, ensure};
use harness::{Server, phantom};
use servers::RedisServer;

use crate::scrape::Scrape;

const FINE_WORKER: [&str; 5] = ["work", "embed", "--at-mpp", "0.25", "--allow-untrained-mpp"];

#[test]
fn workers_share_a_large_slide_and_embed_no_tile_twice() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let redis = RedisServer::start()?;
    let url = redis.url();
    let catalog = ["--data", data.to_str().context("a path of text")?];
    let arguments = ["--redis-url", url.as_str()];
    let start = |part: [&str; 2]| Server::start_part(&part, &catalog, arguments);
    let (ingest, cases) = (start(["serve", "ingest"])?, start(["serve", "cases"])?);
    // So fine that a painted slide has some chunks.
    let worker = || Server::start_part(&FINE_WORKER, &catalog, arguments);
    let (first, second) = (worker()?, worker()?);

    let file = folder.path().join("phantom.tiff");
    phantom(&file, &["--size", "12288", "--seed", "90151"])?;
    let slide = ingest.push_new(fs::read(&file)?)?;
    cases.wait_for_state(&slide, &["embedded"])?;

    let shares = [&first, &second]
        .map(|worker| Ok(Scrape::of(worker)?.sum("coverslip_embedded_tiles_total", &[])));
    let shares: Vec<f64> = shares.into_iter().collect::<Result<_>>()?;
    ensure!(shares.iter().all(|share| *share > 0.0), "{shares:?}");
    let n_tiles = n_tiles_of_the_only_bag(&data.join("objects/slides").join(&slide))?;
    ensure!(
        shares.iter().sum::<f64>() == n_tiles,
        "{shares:?} of {n_tiles}"
    );
    Ok(())
}

fn n_tiles_of_the_only_bag(slide: &std::path::Path) -> Result<f64> {
    let bag = fs::read_dir(slide.join("bags"))?
        .next()
        .context("a bag")??;
    let header: serde_json::Value =
        serde_json::from_slice(&fs::read(bag.path().join("bag.json"))?)?;
    header["n_instances"].as_f64().context("a number of tiles")
}
