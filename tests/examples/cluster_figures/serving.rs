//! Tiles from S3 over HTTP, against the same ranges read by the SDK in a loop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use flow::{LevelNumber, SlideId, TileIndex};
use harness::{Server, phantom};
use pyramid::PyramidReader;
use servers::{ACCESS_KEY, BUCKET, SECRET_KEY, SeaweedServer, s3_arguments};
use store::{
    AccessKeys, Addressing, Credentials, Encryption, Patience, RangeReads, S3Config, S3Place,
    S3Server, ScratchConfig, Store,
};

use crate::cost::cpu_seconds;
use crate::{Figure, Promise};

/// Each asks for one tile after another.
const READERS: usize = 8;
const ROUNDS: usize = 3;
/// No tile is asked for twice, for the server keeps them.
const TILES_A_ROUND: usize = 2_000;
const TILES_A_SIDE: usize = 80;

/// Seconds of one round.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
}

pub(crate) fn from_s3() -> Result<Figure> {
    let folder = tempfile::tempdir()?;
    let s3 = SeaweedServer::start_in(folder.path())?;
    let file = folder.path().join("phantom.tiff");
    phantom(&file, &["--size", "20480", "--seed", "90161"])?;
    let data = folder.path().join("data");
    let server = Server::start(&data, s3_arguments(s3.endpoint()))?;
    let slide = server.push_new(std::fs::read(&file)?)?;
    // Nobody computes while tiles are read.
    server.wait_for_state(&slide, &["scored"])?;

    let runtime = tokio::runtime::Runtime::new()?;
    let store = runtime.block_on(open(&s3, folder.path()))?;
    let id: SlideId = slide.parse()?;
    let reader = runtime.block_on(PyramidReader::open(&store, id))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        theirs.push(by_sdk(&runtime, &reader, round)?);
        ours.push(by_server(&server, &slide, round)?);
    }
    let (ours, theirs) = (least(&ours)?, least(&theirs)?);
    let ratio = theirs.cpu / ours.cpu;
    let tiles = TILES_A_ROUND as f64;
    Ok(Figure {
        work: format!("serve native tiles from SeaweedFS, {READERS} at once"),
        measured: format!(
            "{:.0} us of CPU a tile ({:.0} a second), the SDK in a loop {:.0} us ({:.0} a second): \
             {ratio:.2}x",
            ours.cpu / tiles * 1e6,
            tiles / ours.wall,
            theirs.cpu / tiles * 1e6,
            tiles / theirs.wall,
        ),
        promise: Some(Promise {
            text: "0.9x",
            is_kept: ratio >= 0.9,
        }),
    })
}

async fn open(s3: &SeaweedServer, folder: &std::path::Path) -> Result<Store> {
    let keys = AccessKeys {
        id: ACCESS_KEY.parse()?,
        secret: SECRET_KEY.parse()?,
        session: None,
    };
    let config = S3Config {
        server: S3Server {
            endpoint: Some(s3.endpoint().parse()?),
            region: "us-east-1".parse()?,
            addressing: Addressing::Path,
        },
        place: S3Place {
            bucket: BUCKET.parse()?,
            prefix: None,
        },
        credentials: Credentials::Keys(keys),
        encryption: Encryption::BucketDefault,
        patience: Patience::default(),
        // The peer is the SDK itself.
        range_reads: RangeReads::Sdk,
        scratch: ScratchConfig {
            folder: folder.join("scratch"),
            download_bytes: 1 << 30,
        },
    };
    Ok(Store::s3(&config).await?)
}

/// A step coprime to the grid scatters the tiles over the whole slide.
fn tile(round: usize, number: usize) -> TileIndex {
    let place = (round * TILES_A_ROUND + number) * 1_009 % (TILES_A_SIDE * TILES_A_SIDE);
    TileIndex::new((place % TILES_A_SIDE) as u32, (place / TILES_A_SIDE) as u32)
}

fn by_server(server: &Server, slide: &str, round: usize) -> Result<Cost> {
    let before = cpu_seconds(server.process())?;
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let readers = (0..READERS).map(|_| {
            scope.spawn(|| -> Result<()> {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= TILES_A_ROUND {
                        return Ok(());
                    }
                    let TileIndex { column, row } = tile(round, number);
                    let path = format!("/slides/{slide}_files/15/{column}_{row}.jpeg");
                    let answer = server.get(&path)?;
                    ensure!(answer.status() == 200, "{path}: {}", answer.status());
                    answer.bytes()?;
                }
            })
        });
        let readers: Vec<_> = readers.collect();
        readers
            .into_iter()
            .try_for_each(|reader| reader.join().ok().context("a reader stopped")?)
    })?;
    Ok(Cost {
        wall: began.elapsed().as_secs_f64(),
        cpu: cpu_seconds(server.process())? - before,
    })
}

fn by_sdk(runtime: &tokio::runtime::Runtime, reader: &PyramidReader, round: usize) -> Result<Cost> {
    let before = cpu_seconds(std::process::id())?;
    let began = Instant::now();
    runtime.block_on(async {
        let readers = (0..READERS).map(|first| {
            let reader = reader.clone();
            tokio::spawn(async move {
                for number in (first..TILES_A_ROUND).step_by(READERS) {
                    reader.frame(LevelNumber(0), tile(round, number)).await?;
                }
                anyhow::Ok(())
            })
        });
        let readers: Vec<_> = readers.collect();
        for reader in readers {
            reader.await??;
        }
        anyhow::Ok(())
    })?;
    Ok(Cost {
        wall: began.elapsed().as_secs_f64(),
        cpu: cpu_seconds(std::process::id())? - before,
    })
}

fn least(rounds: &[Cost]) -> Result<Cost> {
    let rounds = rounds.iter().copied();
    let least = rounds.min_by(|one, other| one.cpu.total_cmp(&other.cpu));
    least.context("at least one round")
}
