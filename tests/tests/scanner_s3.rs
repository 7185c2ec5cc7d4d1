//! Scanners that speak S3, to the real binary: kill -9 of the server again and again, and replicas that have
//! no disk in common.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use harness::{S3Scanner, Server, files_below, phantom, run};
use servers::{PostgresServer, RedisServer, SeaweedServer, s3_arguments};
use sha2::{Digest, Sha256};

const SECRET: &str = "a secret of thirty-two characters";

/// More than the server stores at once, so that a part can be cut within.
const PART: usize = 12 << 20;

/// When the first server is killed, once a part began to come; the others the later.
const AT_FIRST: Duration = Duration::from_millis(25);

fn slide_id(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let digest = digest[..16].iter().map(|byte| format!("{byte:02x}"));
    digest.collect()
}

/// Sends each part to a server that is killed a moment later; what was not kept is sent again to the next.
fn killed_again_and_again(
    scanner: &S3Scanner,
    slide: &[u8],
    start: impl Fn(i32) -> Result<Server>,
) -> Result<()> {
    let mut server = start(0)?;
    let name = "2026/one slide.tiff";
    let upload = scanner.begin(server.base(), name)?;
    let at = (name, upload.as_str());
    let parts: Vec<(i32, &[u8])> = (1..).zip(slide.chunks(PART)).collect();
    ensure!(parts.len() > 2, "{} parts", parts.len());
    for (number, part) in parts.into_iter().rev() {
        let base = server.base().to_owned();
        thread::scope(|scope| {
            // It is kept or not, whatever the answer.
            let sending = scope.spawn(|| scanner.send(&base, at, number, part).is_ok());
            thread::sleep(AT_FIRST * number.unsigned_abs());
            let killed = server.kill();
            let was_answered = sending.join().expect("the thread does not panic");
            killed.map(|()| was_answered)
        })?;
        server = start(number)?;
        let kept = scanner.kept(server.base(), at)?;
        if !kept.iter().any(|kept| kept.part_number() == Some(number)) {
            scanner.send(server.base(), at, number, part)?;
        }
    }
    let id = scanner.complete(server.base(), at)?;
    ensure!(id == slide_id(slide), "another slide: {id}");
    let pushed = server.post("/api/v1/slides").body(slide.to_vec()).send()?;
    ensure!(
        pushed.status() == 200,
        "it is not known: {}",
        pushed.status()
    );
    Ok(())
}

fn painted(folder: &Path) -> Result<Vec<u8>> {
    let file = folder.join("phantom.tiff");
    phantom(&file, &["--size", "20480", "--seed", "90171"])?;
    Ok(fs::read(&file)?)
}

#[test]
fn parts_that_were_answered_outlive_kill_9_and_become_one_slide() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = painted(folder.path())?;
    let data = folder.path().join("data");
    let scanner = S3Scanner::new(&["--data", data.to_str().context("a path of text")?])?;
    killed_again_and_again(&scanner, &slide, |_| Server::start(&data, [""; 0]))?;
    let left = files_below(&data.join("objects/uploads"));
    // Those that were being stored when a server was killed are left to a later sweep.
    ensure!(left.len() <= slide.len().div_ceil(PART) * 2, "{left:?}");
    Ok(())
}

/// Each time another one goes on, which has the secret and no disk in common.
#[test]
fn parts_go_to_any_replica_that_has_the_secret() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = painted(folder.path())?;
    let place = tempfile::tempdir()?;
    let (s3, redis) = (
        SeaweedServer::start_in(place.path())?,
        RedisServer::start()?,
    );
    let postgres = PostgresServer::start()?;
    let (url, catalog) = (redis.url(), postgres.url());
    let start = |n: i32| {
        let data = folder.path().join(format!("data-{n}"));
        let data = data.to_str().context("a path of text")?;
        let catalog = ["--data", data, "--catalog-url", catalog.as_str()];
        let arguments = ["--redis-url", url.as_str(), "--scanner-s3-secret", SECRET];
        let arguments = arguments.into_iter().chain(s3_arguments(s3.endpoint()));
        Server::start_part(&["serve", "ingest"], &catalog, arguments)
    };
    drop(start(0)?);
    let own = folder.path().join("own");
    let own = own.to_str().context("a path of text")?;
    let without = ["--data", own, "--catalog-url", &catalog];
    let create = ["token", "create", "--role", "scanner", "--s3"];
    let refused = run([&create[..], &without].concat())?;
    ensure!(refused.code == Some(1), "{refused:?}");
    ensure!(
        refused.stderr.contains("--scanner-s3-secret"),
        "{refused:?}"
    );

    let scanner = S3Scanner::new(&[&without[..], &["--scanner-s3-secret", SECRET]].concat())?;
    killed_again_and_again(&scanner, &slide, start)
}
