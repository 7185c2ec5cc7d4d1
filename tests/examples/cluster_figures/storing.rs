//! What slides cost in requests to S3.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use harness::{Server, phantom};
use servers::{RedisServer, SeaweedServer, TroubledProxy, s3_arguments};

use crate::{Figure, Promise};

/// A slide of 100,000 pixels a side has some gigabytes.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// An installation whose requests to S3 are counted.
struct Counted {
    server: Server,
    line: TroubledProxy,
    _s3: SeaweedServer,
    folder: tempfile::TempDir,
}

impl Counted {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let s3 = SeaweedServer::start_in(folder.path())?;
        let line = TroubledProxy::start(s3.endpoint())?;
        Ok(Self {
            server: Server::start(&folder.path().join("data"), s3_arguments(line.endpoint()))?,
            line,
            _s3: s3,
            folder,
        })
    }

    /// Its id and the requests that storing it took; a few of those that embed it are among them.
    fn store(&self, side: u32) -> Result<(String, u64)> {
        let file = painted(self.folder.path(), side)?;
        let before = self.line.n_requests();
        let request = self.server.post("/api/v1/slides").timeout(PATIENCE);
        let slide = harness::pushed_new(request.body(std::fs::File::open(&file)?))?;
        self.server
            .wait_for_state(&slide, &["tiled", "embedded", "scored"])?;
        Ok((slide, self.line.n_requests() - before))
    }
}

/// By a process that does nothing but ingest: nobody embeds the slide meanwhile.
pub(crate) fn large_slide(side: u32) -> Result<Figure> {
    let folder = tempfile::tempdir()?;
    let s3 = SeaweedServer::start_in(folder.path())?;
    let line = TroubledProxy::start(s3.endpoint())?;
    let redis = RedisServer::start()?;
    let data = folder.path().join("data");
    let catalog = ["--data", data.to_str().context("a path of text")?];
    let part = |name: &str, endpoint: &str| {
        let arguments = s3_arguments(endpoint).map(str::to_owned);
        let mut arguments = Vec::from(arguments);
        arguments.extend(["--redis-url".to_owned(), redis.url()]);
        Server::start_part(&["serve", name], &catalog, arguments)
    };
    let (ingest, cases) = (
        part("ingest", line.endpoint())?,
        part("cases", s3.endpoint())?,
    );
    let file = painted(folder.path(), side)?;
    let before = line.n_requests();
    let request = ingest.post("/api/v1/slides").timeout(PATIENCE);
    let slide = harness::pushed_new(request.body(std::fs::File::open(&file)?))?;
    cases.wait_for_state(&slide, &["tiled"])?;
    let n_requests = line.n_requests() - before;
    let n_bytes = std::fs::metadata(&file)?.len();
    Ok(Figure {
        work: format!("requests to S3 to store a slide of {side} px"),
        measured: format!("{n_requests}, {:.2} GB pushed", n_bytes as f64 / 1e9),
        promise: Some(Promise {
            text: "under 200",
            is_kept: n_requests < 200,
        }),
    })
}

fn painted(folder: &Path, side: u32) -> Result<PathBuf> {
    let file = folder.join("phantom.tiff");
    phantom(&file, &["--size", &side.to_string(), "--seed", "90171"])?;
    Ok(file)
}

pub(crate) fn analysis() -> Result<Figure> {
    let counted = Counted::new()?;
    let before = counted.line.n_requests();
    let (slide, to_store) = counted.store(20_480)?;
    counted.server.wait_for_state(&slide, &["scored"])?;
    let n_requests = counted.line.n_requests() - before - to_store;
    let path = format!("/api/v1/slides/{slide}/predictions");
    let results = counted.server.get_json(&path)?;
    let n_tiles = &results["predictions"][0]["n_instances"];
    Ok(Figure {
        work: format!("requests to S3 to embed, score and explain a slide of {n_tiles} tiles"),
        measured: n_requests.to_string(),
        promise: None,
    })
}

pub(crate) fn first_tile() -> Result<Figure> {
    let counted = Counted::new()?;
    let (slide, _to_store) = counted.store(4_096)?;
    counted.server.wait_for_state(&slide, &["scored"])?;
    // A server that remembers nothing of the slide.
    let data = counted.folder.path().join("data");
    let arguments = s3_arguments(counted.line.endpoint());
    drop(counted.server);
    let server = Server::start(&data, arguments)?;
    let before = counted.line.n_requests();
    server.get(&format!("/slides/{slide}_files/12/1_1.jpeg"))?;
    let n_requests = counted.line.n_requests() - before;
    Ok(Figure {
        work: "requests to S3 for the first tile of a slide".to_owned(),
        measured: n_requests.to_string(),
        promise: Some(Promise {
            text: "two",
            is_kept: n_requests <= 2,
        }),
    })
}
