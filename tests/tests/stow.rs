//! A DICOM slide stored by STOW-RS in the real binary, which is killed before and after its answer.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use harness::{Server, files_below, phantom, run};
use serde_json::Value;

const KIND: &str = "multipart/related; type=\"application/dicom\"; boundary=b";
const NO_ARGUMENTS: [&str; 0] = [];

#[test]
fn what_was_half_sent_is_gone_and_what_was_answered_is_there() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let instance = instance(folder.path())?;
    let head = b"--b\r\nContent-Type: application/dicom\r\n\r\n";
    let body = [&head[..], &instance, b"\r\n--b--"].concat();
    let data = folder.path().join("data");

    let mut server = Server::start(&data, NO_ARGUMENTS)?;
    let _half_sent = send_half(&server, &body)?;
    wait_for_scratch(&data)?;
    server.kill()?;
    let mut server = Server::start(&data, NO_ARGUMENTS)?;
    ensure!(files_below(&data.join("objects")).is_empty());
    ensure!(server.get_json("/dicomweb/studies")? == Value::Array(Vec::new()));

    let request = server.post("/dicomweb/studies").body(body);
    let answer = request.header("content-type", KIND).send()?;
    ensure!(answer.status() == 200, "{}", answer.text()?);
    let answer: Value = serde_json::from_str(&answer.text()?)?;
    server.kill()?;
    let url = answer["00081199"]["Value"][0]["00081190"]["Value"][0].as_str();
    let (_, path) = url
        .and_then(|url| url.split_once("/dicomweb"))
        .context("a URL")?;
    let server = Server::start(&data, NO_ARGUMENTS)?;
    let pixels = retrieved(&server, &format!("/dicomweb{path}/frames/1"))?;
    ensure!(instance.windows(pixels.len()).any(|bytes| bytes == pixels));
    Ok(())
}

/// A slide as another installation has it in storage.
fn instance(folder: &Path) -> Result<Vec<u8>> {
    let (slide, other) = (folder.join("slide.tiff"), folder.join("other"));
    phantom(&slide, &["--size", "2048", "--seed", "4"])?;
    let ingest = ["ingest".as_ref(), slide.as_os_str(), "--data".as_ref()];
    let finished = run(ingest.into_iter().chain([other.as_os_str()]))?;
    ensure!(finished.code == Some(0), "{finished:?}");
    let files = files_below(&other.join("objects"));
    let level = files
        .iter()
        .find(|file| file.ends_with("pyramid/level-00.dcm"));
    Ok(fs::read(level.context("a level")?)?)
}

/// The connection stays open for as long as what is given lives.
fn send_half(server: &Server, body: &[u8]) -> Result<TcpStream> {
    let host = server.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    let head = format!(
        "POST /dicomweb/studies HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {KIND}\r\nContent-Length: {}\r\n\r\n",
        server.token(),
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body[..body.len() / 2])?;
    stream.flush()?;
    Ok(stream)
}

fn wait_for_scratch(data: &Path) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while files_below(&data.join("objects")).is_empty() {
        ensure!(Instant::now() < deadline, "nothing came to the disk");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Once the slide is tiled.
fn retrieved(server: &Server, path: &str) -> Result<Vec<u8>> {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let answer = server.get(&format!("{path}?accept=image/jpeg"))?;
        if answer.status() == 200 {
            return Ok(answer.bytes()?.to_vec());
        }
        ensure!(Instant::now() < deadline, "{path}: {}", answer.text()?);
        thread::sleep(Duration::from_millis(100));
    }
}
