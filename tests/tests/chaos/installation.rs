use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use harness::{Server, phantom, run};
use servers::RedisServer;
use tempfile::TempDir;

/// Each part as a process of its own, over one data folder and a Redis.
pub(crate) struct Installation {
    pub(crate) redis: RedisServer,
    ingest: Server,
    tiles: Server,
    cases: Server,
    embed: Server,
    mil: Server,
    /// The slide that all others are copies of, but for their last bytes.
    phantom: Vec<u8>,
    n_slides: u64,
    folder: TempDir,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Ingest,
    Tiles,
    Cases,
    Embed,
    Mil,
}

impl Part {
    const fn command(self) -> [&'static str; 2] {
        match self {
            Self::Ingest => ["serve", "ingest"],
            Self::Tiles => ["serve", "tiles"],
            Self::Cases => ["serve", "cases"],
            Self::Embed => ["work", "embed"],
            Self::Mil => ["work", "mil"],
        }
    }
}

impl Installation {
    /// Its slides have this many pixels a side.
    pub(crate) fn with_slides_of(side: u32) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let redis = RedisServer::start()?;
        let file = folder.path().join("phantom.tiff");
        let size = side.to_string();
        let arguments = ["--tumour", "0.2", "--grade", "3", "--seed", "90021"];
        phantom(&file, &[&["--size", &size], &arguments[..]].concat())?;
        let start = |part| start(part, &folder, &redis);
        Ok(Self {
            ingest: start(Part::Ingest)?,
            tiles: start(Part::Tiles)?,
            cases: start(Part::Cases)?,
            embed: start(Part::Embed)?,
            mil: start(Part::Mil)?,
            phantom: fs::read(&file)?,
            n_slides: 0,
            redis,
            folder,
        })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn objects_of(&self, slide: &str) -> PathBuf {
        self.data().join("objects/slides").join(slide)
    }

    /// The bytes of a slide that was never pushed: they differ where no reader looks.
    pub(crate) fn new_slide(&mut self) -> Vec<u8> {
        self.n_slides += 1;
        [&self.phantom[..], &self.n_slides.to_le_bytes()].concat()
    }

    /// The id of the slide, which is acknowledged.
    pub(crate) fn push(&self, slide: Vec<u8>) -> Result<String> {
        self.ingest.push(slide)
    }

    pub(crate) fn server(&self, part: Part) -> &Server {
        match part {
            Part::Ingest => &self.ingest,
            Part::Tiles => &self.tiles,
            Part::Cases => &self.cases,
            Part::Embed => &self.embed,
            Part::Mil => &self.mil,
        }
    }

    /// By SIGKILL, as a power cut would.
    pub(crate) fn kill(&mut self, part: Part) -> Result<()> {
        self.server_mut(part).kill()
    }

    pub(crate) fn start_again(&mut self, part: Part) -> Result<()> {
        *self.server_mut(part) = start(part, &self.folder, &self.redis)?;
        Ok(())
    }

    /// Tries all again that was given up.
    pub(crate) fn redrive(&self) -> Result<()> {
        let (data, url) = (self.data(), self.redis.url());
        let data = data.to_str().context("a path of text")?;
        let redriven = run(["queue", "redrive", "--data", data, "--redis-url", &url])?;
        ensure!(redriven.code == Some(0), "{redriven:?}");
        Ok(())
    }

    fn server_mut(&mut self, part: Part) -> &mut Server {
        match part {
            Part::Ingest => &mut self.ingest,
            Part::Tiles => &mut self.tiles,
            Part::Cases => &mut self.cases,
            Part::Embed => &mut self.embed,
            Part::Mil => &mut self.mil,
        }
    }
}

fn start(part: Part, folder: &TempDir, redis: &RedisServer) -> Result<Server> {
    let url = redis.url();
    let arguments = ["--redis-url", url.as_str(), "--lease-seconds", "3"];
    let data = folder.path().join("data");
    let data = data.to_str().context("a path of text")?;
    Server::start_part(&part.command(), &["--data", data], arguments)
}
