//! Resumable uploads of the real binary: kill -9 of either side in the middle of a request, again and
//! again.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use harness::{Server, phantom, run};
use reqwest::Method;
use reqwest::blocking::{Body, Client, RequestBuilder, Response};
use servers::{PostgresServer, RedisServer, SeaweedServer, s3_arguments};
use sha2::{Digest, Sha256};

/// What the server stores at once.
const PART: usize = 8 << 20;

const N_KILLS: usize = 3;

/// A scanner with a key of its own, whatever becomes of the server.
struct Scanner {
    token: String,
    client: Client,
}

impl Scanner {
    fn new(catalog: &[&str]) -> Result<Self> {
        let create = ["token", "create", "--role", "scanner", "--json"];
        let finished = run([&create, catalog].concat())?;
        ensure!(finished.code == Some(0), "{}", finished.stderr);
        let token = finished.json()?["token"]
            .as_str()
            .context("a token")?
            .to_owned();
        let client = Client::builder().timeout(Duration::from_secs(120));
        Ok(Self {
            token,
            client: client.build()?,
        })
    }

    fn ask(&self, server: &Server, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", server.base());
        let request = self.client.request(method, url).bearer_auth(&self.token);
        request.header("Tus-Resumable", "1.0.0")
    }

    fn begin(&self, server: &Server, n_bytes: usize) -> Result<String> {
        let answer = self
            .ask(server, Method::POST, "/api/v1/uploads")
            .header("Upload-Length", n_bytes)
            .send()?;
        ensure!(answer.status() == 201, "{}", answer.text()?);
        Ok(answer.headers()["location"].to_str()?.to_owned())
    }

    fn patch(&self, server: &Server, path: &str, offset: usize) -> RequestBuilder {
        self.ask(server, Method::PATCH, path)
            .header("Content-Type", "application/offset+octet-stream")
            .header("Upload-Offset", offset)
    }

    fn head(&self, server: &Server, path: &str) -> Result<Response> {
        let answer = self.ask(server, Method::HEAD, path).send()?;
        ensure!(answer.status() == 200, "HEAD answered {}", answer.status());
        Ok(answer)
    }

    fn offset(&self, server: &Server, path: &str) -> Result<usize> {
        let answer = self.head(server, path)?;
        Ok(answer.headers()["upload-offset"].to_str()?.parse()?)
    }

    fn wait_for_offset(&self, server: &Server, path: &str, offset: usize) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.offset(server, path)? < offset {
            ensure!(
                Instant::now() < deadline,
                "the upload does not come to {offset}"
            );
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// The slide of an upload of which all bytes came, also where somebody who died was at it.
    fn slide(&self, server: &Server, path: &str) -> Result<String> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let answer = self.ask(server, Method::HEAD, path).send()?;
            if let Some(slide) = answer.headers().get("coverslip-slide") {
                return Ok(slide.to_str()?.to_owned());
            }
            ensure!(answer.status() == 503, "HEAD answered {}", answer.status());
            if Instant::now() > deadline {
                bail!("the upload does not become a slide");
            }
            thread::sleep(Duration::from_millis(250));
        }
    }
}

/// A body that goes on for as long as its sender is there.
struct Line {
    bytes: io::Cursor<Vec<u8>>,
    open: Receiver<()>,
}

impl Line {
    fn of(bytes: &[u8]) -> (Sender<()>, Self) {
        let (held, open) = channel();
        let bytes = io::Cursor::new(bytes.to_vec());
        (held, Self { bytes, open })
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(buffer)? {
            0 => {
                // Its sender is gone: what came is not the end of the body.
                let _gone = self.open.recv();
                Err(io::ErrorKind::BrokenPipe.into())
            }
            n => Ok(n),
        }
    }
}

/// Sends these bytes and then nothing more, without an end.
fn send(
    request: RequestBuilder,
    bytes: &[u8],
) -> (Sender<()>, JoinHandle<reqwest::Result<Response>>) {
    let (held, line) = Line::of(bytes);
    let sending = thread::spawn(move || request.body(Body::new(line)).send());
    (held, sending)
}

fn slide_id(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A slide long enough to be killed in the middle of several times.
fn painted(folder: &Path) -> Result<Vec<u8>> {
    let file = folder.join("phantom.tiff");
    phantom(&file, &["--size", "20480", "--seed", "90171"])?;
    let bytes = fs::read(&file)?;
    ensure!(
        bytes.len() > (N_KILLS + 1) * PART + PART / 2,
        "{} bytes",
        bytes.len()
    );
    Ok(bytes)
}

/// Kills the server that `start` starts while bytes come in, until the last piece is left.
fn killed_again_and_again(
    scanner: &Scanner,
    slide: &[u8],
    start: impl Fn(usize) -> Result<Server>,
) -> Result<()> {
    let mut server = start(0)?;
    let path = scanner.begin(&server, slide.len())?;
    let mut stands = 0;
    for n in 1..=N_KILLS {
        let more = stands + PART + PART / 2;
        let request = scanner.patch(&server, &path, stands);
        let (held, sending) = send(request, &slide[stands..more]);
        scanner.wait_for_offset(&server, &path, stands + PART)?;
        server.kill()?;
        drop(held);
        let answer = sending.join().expect("the thread does not panic");
        ensure!(answer.is_err(), "half a request was acknowledged");
        server = start(n)?;
        stands += PART;
        let found = scanner.offset(&server, &path)?;
        ensure!(
            found == stands,
            "the upload stands at {found}, not at {stands}"
        );
    }

    // The scanner dies as well: all that it sent counts.
    let more = stands + PART / 2;
    let (held, sending) = send(scanner.patch(&server, &path, stands), &slide[stands..more]);
    thread::sleep(Duration::from_millis(300));
    drop(held);
    let answer = sending.join().expect("the thread does not panic");
    ensure!(answer.is_err(), "half a request was acknowledged");
    scanner.wait_for_offset(&server, &path, more)?;

    // Killed once all bytes are there, wherever that is.
    let request = scanner.patch(&server, &path, more);
    let last = slide[more..].to_vec();
    let sending = thread::spawn(move || request.body(last).send());
    wait_until_whole(scanner, &server, &path, slide.len(), &sending)?;
    server.kill()?;
    let _answered_or_not = sending.join().expect("the thread does not panic");
    let server = start(N_KILLS + 1)?;
    let stands = match scanner.slide(&server, &path) {
        Ok(_) => slide.len(),
        Err(_) => scanner.offset(&server, &path)?,
    };
    if stands < slide.len() {
        let answer = scanner.patch(&server, &path, stands);
        let answer = answer.body(slide[stands..].to_vec()).send()?;
        ensure!(answer.status() == 204, "{}", answer.text()?);
    }
    let id = scanner.slide(&server, &path)?;
    ensure!(id == slide_id(slide), "another slide: {id}");
    let pushed = scanner
        .ask(&server, Method::POST, "/api/v1/slides")
        .body(slide.to_vec())
        .send()?;
    ensure!(
        pushed.status() == 200,
        "it is not known: {}",
        pushed.status()
    );
    Ok(())
}

/// Nearly all bytes are there, or the answer is.
fn wait_until_whole(
    scanner: &Scanner,
    server: &Server,
    path: &str,
    n_bytes: usize,
    sending: &JoinHandle<reqwest::Result<Response>>,
) -> Result<()> {
    while !sending.is_finished() {
        let answer = scanner.ask(server, Method::HEAD, path).send()?;
        let stands = answer.headers().get("upload-offset");
        let stands: usize = match stands {
            Some(stands) => stands.to_str()?.parse()?,
            // It is being put together.
            None => return Ok(()),
        };
        if stands + PART > n_bytes {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

#[test]
fn an_upload_outlives_kill_9_of_either_side() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = painted(folder.path())?;
    let data = folder.path().join("data");
    let start = |_: usize| Server::start(&data, [""; 0]);
    drop(start(0)?);
    let scanner = Scanner::new(&["--data", data.to_str().context("a path of text")?])?;
    killed_again_and_again(&scanner, &slide, start)?;
    // One that was being stored when its server was killed is left to a later sweep.
    let n_parts = fs::read_dir(data.join("objects/uploads"))?.count();
    ensure!(n_parts <= 1, "{n_parts} parts are left behind");
    Ok(())
}

/// Each time another one goes on, with no disk in common.
#[test]
fn an_upload_goes_on_at_another_replica_over_s3() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = painted(folder.path())?;
    let place = tempfile::tempdir()?;
    let (s3, redis) = (
        SeaweedServer::start_in(place.path())?,
        RedisServer::start()?,
    );
    let postgres = PostgresServer::start()?;
    let (url, catalog) = (redis.url(), postgres.url());
    let start = |n: usize| {
        let data = folder.path().join(format!("data-{n}"));
        let data = data.to_str().context("a path of text")?;
        let catalog = ["--data", data, "--catalog-url", catalog.as_str()];
        let redis = ["--redis-url", url.as_str()];
        let arguments = redis.into_iter().chain(s3_arguments(s3.endpoint()));
        Server::start_part(&["serve", "ingest"], &catalog, arguments)
    };
    drop(start(0)?);
    // The catalog is elsewhere; the command asks for a folder of its own all the same.
    let own = folder.path().join("own");
    let own = own.to_str().context("a path of text")?;
    let scanner = Scanner::new(&["--data", own, "--catalog-url", &catalog])?;
    killed_again_and_again(&scanner, &slide, start)
}
