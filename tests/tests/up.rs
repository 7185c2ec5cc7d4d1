//! `coverslip up`: pushing slides over HTTP, tokens, the watched folder, and kill -9.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use harness::{Server, phantom, run};
use sha2::{Digest, Sha256};

const NOTHING_MORE: [&str; 0] = [];

fn content_digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    // RFC 9530: sha-256=:BASE64:, written here by hand to be independent of the server's code.
    let digest = Sha256::digest(bytes);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in digest.chunks(3) {
        let word = group
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            let symbol = if place <= group.len() {
                alphabet[(word >> (18 - 6 * place)) as usize & 63] as char
            } else {
                '='
            };
            let _infallible = write!(text, "{symbol}");
        }
    }
    format!("sha-256=:{text}:")
}

#[test]
fn a_pushed_slide_is_scored_seen_and_known_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    phantom(
        &file,
        &[
            "--size", "4096", "--tumour", "0.2", "--grade", "3", "--seed", "90002",
        ],
    )?;
    let bytes = fs::read(&file)?;
    let server = Server::start(&folder.path().join("data"), NOTHING_MORE)?;

    let wrong = server
        .post("/api/v1/slides")
        .header("Content-Digest", content_digest(b"something else"))
        .body(bytes.clone())
        .send()?;
    ensure!(
        wrong.status().is_client_error(),
        "a wrong digest was taken: {}",
        wrong.status()
    );
    ensure!(
        server.get_json("/api/v1/slides")?["slides"]
            .as_array()
            .context("slides")?
            .is_empty()
    );

    let digest = content_digest(&bytes);
    let push = || {
        server
            .post("/api/v1/slides")
            .header("Content-Digest", &digest)
            .body(bytes.clone())
    };
    let first = push().send()?;
    ensure!(first.status().as_u16() == 201, "{}", first.text()?);
    let first: serde_json::Value = serde_json::from_str(&first.text()?)?;
    let id = first["id"].as_str().context("id")?.to_owned();
    let second = push().send()?;
    ensure!(second.status().as_u16() == 200, "{}", second.text()?);
    ensure!(
        server.get_json("/api/v1/slides")?["slides"]
            .as_array()
            .map(Vec::len)
            == Some(1)
    );

    server.wait_for_state(&id, &["scored"])?;
    let predictions = server.get_json(&format!("/api/v1/slides/{id}/predictions"))?;
    let task = predictions["predictions"][0]["task"]["id"]
        .as_str()
        .context("task")?
        .to_owned();
    for path in [
        format!("/slides/{id}.dzi"),
        format!("/slides/{id}_files/12/0_0.jpeg"),
        format!("/iiif/3/{id}/info.json"),
        format!("/iiif/3/{id}/0,0,512,512/256,/0/default.jpg"),
        format!("/api/v1/slides/{id}/thumbnail"),
        format!("/api/v1/slides/{id}/manifest"),
        format!("/api/v1/slides/{id}/predictions/{task}"),
        format!("/api/v1/slides/{id}/heatmaps/{task}/attention.json"),
        format!("/api/v1/slides/{id}/heatmaps/{task}/attention.png"),
        format!(
            "/api/v1/slides/{id}/heatmaps/{task}/attention/12/0_0.png?colormap=viridis&min=0&max=4"
        ),
        "/".to_owned(),
        "/metrics".to_owned(),
    ] {
        let status = server.get(&path)?.status();
        ensure!(status == 200, "GET {path} answered {status}");
        let stranger = server.get_as_stranger(&path)?.status();
        ensure!(
            stranger == 401,
            "GET {path} without a token answered {stranger}"
        );
    }
    for path in ["/health/live", "/health/ready"] {
        ensure!(
            server.get_as_stranger(path)?.status().is_success(),
            "{path} needs a token"
        );
    }
    let missing = server.get("/api/v1/slides/00000000000000000000000000000000")?;
    ensure!(missing.status() == 404);
    ensure!(missing.headers()["content-type"] == "application/problem+json");
    Ok(())
}

#[test]
fn the_login_link_works_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path(), NOTHING_MORE)?;
    let browser = reqwest::blocking::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let link = server.login_link().context("a login link")?;
    let first = browser.get(link).send()?;
    ensure!(first.status() == 303, "{}", first.status());
    let cookie = first.headers()["set-cookie"].to_str()?.to_owned();
    ensure!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let session = cookie.split(';').next().context("a cookie")?;
    let list = browser
        .get(format!("{}/api/v1/slides", server.base()))
        .header("Cookie", session)
        .send()?;
    ensure!(list.status() == 200, "{}", list.status());
    let again = browser.get(link).send()?;
    ensure!(
        again.status() == 401,
        "a used login link answered {}",
        again.status()
    );
    Ok(())
}

/// As an installation behind a proxy with TLS is set up, where nobody sees what `up` prints.
#[test]
fn a_link_made_by_command_logs_in_with_a_cookie_that_needs_tls() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().context("a path of text")?;
    let nowhere = run(["migrate"])?;
    ensure!(nowhere.stderr.contains("--catalog-url"), "{nowhere:?}");
    let migrated = run(["migrate", "--data", data])?;
    ensure!(migrated.code == Some(0), "{migrated:?}");
    let server = Server::start(folder.path(), ["--transport", "https"])?;
    let link = ["token", "link", "--data", data, "--role", "pathologist"];
    let link = run([&link[..], &["--name", "Dr Roe", "--at", server.base()]].concat())?;
    ensure!(link.code == Some(0), "{link:?}");
    let browser = reqwest::blocking::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let answer = browser.get(link.stdout.trim()).send()?;
    ensure!(answer.status() == 303, "{}", answer.status());
    let cookie = answer.headers()["set-cookie"].to_str()?;
    ensure!(cookie.contains("; Secure"), "{cookie}");
    Ok(())
}

#[test]
fn a_dropped_file_is_taken_once_it_stops_growing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let watched = folder.path().join("scanner");
    fs::create_dir(&watched)?;
    let file = folder.path().join("phantom.tiff");
    phantom(
        &file,
        &["--size", "2048", "--tumour", "0", "--seed", "90003"],
    )?;
    let bytes = fs::read(&file)?;
    let watch = ["--watch".as_ref(), watched.as_os_str()];
    let server = Server::start(&folder.path().join("data"), watch)?;

    let growing = watched.join("slide.tiff");
    for part in 1..=6 {
        fs::write(&growing, &bytes[..bytes.len() * part / 7])?;
        thread::sleep(Duration::from_millis(700));
    }
    let early = server.get_json("/api/v1/slides")?;
    ensure!(
        early["slides"].as_array().is_some_and(Vec::is_empty),
        "taken too early: {early}"
    );
    fs::write(&growing, &bytes)?;
    let id = hex_prefix(&Sha256::digest(&bytes));
    for _ in 0..300 {
        if server.get(&format!("/api/v1/slides/{id}"))?.status() == 200 {
            server.wait_for_state(&id, &["scored", "held"])?;
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("the dropped file was never taken")
}

#[test]
fn killed_at_any_moment_every_accepted_slide_finishes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut accepted = Vec::new();
    for (round, wait_ms) in [0_u64, 150, 400, 900, 1800].into_iter().enumerate() {
        let file = folder.path().join(format!("{round}.tiff"));
        let seed = (90_010 + round).to_string();
        phantom(
            &file,
            &[
                "--size", "4096", "--tumour", "0.1", "--grade", "2", "--seed", &seed,
            ],
        )?;
        let mut server = Server::start(&data, NOTHING_MORE)?;
        let answer = server
            .post("/api/v1/slides")
            .body(fs::read(&file)?)
            .send()?;
        ensure!(answer.status() == 201, "{}", answer.text()?);
        let row: serde_json::Value = serde_json::from_str(&answer.text()?)?;
        accepted.push(row["id"].as_str().context("id")?.to_owned());
        thread::sleep(Duration::from_millis(wait_ms));
        server.kill()?;
    }
    let server = Server::start(&data, NOTHING_MORE)?;
    for id in &accepted {
        server.wait_for_state(id, &["scored"])?;
        let predictions = server.get_json(&format!("/api/v1/slides/{id}/predictions"))?;
        ensure!(
            predictions["predictions"].as_array().map(Vec::len) == Some(1),
            "{predictions}"
        );
    }
    Ok(())
}

#[test]
fn a_large_body_streams_in_constant_memory() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let big = folder.path().join("big.tiff");
    // Sparse: 1.5 GB that the disk never sees; it is no slide and ends in quarantine.
    fs::File::create(&big)?.set_len(1_500_000_000)?;
    let server = Server::start(&folder.path().join("data"), NOTHING_MORE)?;
    let before = server.peak_memory()?;
    let answer = server
        .post("/api/v1/slides")
        .body(fs::File::open(&big)?)
        .send()?;
    ensure!(answer.status() == 201, "{}", answer.text()?);
    let row: serde_json::Value = serde_json::from_str(&answer.text()?)?;
    let id = row["id"].as_str().context("id")?;
    let grown = server.peak_memory()?.saturating_sub(before);
    ensure!(grown < 64 << 20, "receiving took {grown} bytes of memory");
    server.wait_for_state(id, &["quarantined"])?;
    Ok(())
}

fn hex_prefix(digest: &[u8]) -> String {
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
