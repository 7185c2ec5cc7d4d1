//! Words that name a patient, planted in a slide's tags, on its label and in all that a scanner says of
//! it, appear where people with a role look and nowhere else.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{S3Scanner, Server, Told, files_below, run};
use reqwest::blocking::{RequestBuilder, Response};
use serde_json::json;

use crate::collector::Collector;
use crate::painted;
use crate::tagged::tagged;

/// How each of them begins, whatever the letters' case; what follows says where it was planted.
const CANARY: &str = "canary-";

/// What a scanner says of the slide.
const TOLD: [(&str, &str); 7] = [
    ("filename", "/scans/Canary-File Meier.svs"),
    ("accession", "Canary-Case-1"),
    ("part", "Canary-Part"),
    ("block", "Canary-Block"),
    ("stain", "Canary-Stain"),
    // A key that nobody asked for.
    ("patient", "Canary-Patient"),
    // The file has none where it is looked for: its first tag is full.
    ("mpp", "0.5"),
];

/// All that was seen from outside, by where.
#[derive(Default)]
struct Seen(Vec<(String, Vec<u8>)>);

impl Seen {
    fn add(&mut self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((place.into(), bytes.into()));
    }

    /// An answer to a scanner, which others may log; its body.
    fn answer(&mut self, place: &str, answer: Response) -> Result<String> {
        let head = format!(
            "{} {} {:?}",
            answer.url(),
            answer.status(),
            answer.headers()
        );
        let text = answer.text()?;
        self.add(place, format!("{head} {text}"));
        Ok(text)
    }

    /// Whatever hides in another writing is found too: percent-encoded it begins the same.
    fn ensure_silent(&self) -> Result<()> {
        let coded = STANDARD.encode("Canary-");
        for (place, bytes) in &self.0 {
            let small = bytes.to_ascii_lowercase();
            ensure!(!has(&small, CANARY), "{place} names a patient");
            ensure!(!has(bytes, &coded), "{place} names a patient in base64");
        }
        Ok(())
    }
}

fn has(bytes: &[u8], wanted: &str) -> bool {
    let mut windows = bytes.windows(wanted.len());
    windows.any(|window| window == wanted.as_bytes())
}

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter();
    let pairs = pairs.map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

fn tus(request: RequestBuilder) -> RequestBuilder {
    request.header("Tus-Resumable", "1.0.0")
}

fn begin(server: &Server, n_bytes: usize, metadata: &str) -> RequestBuilder {
    tus(server.post("/api/v1/uploads"))
        .header("Upload-Length", n_bytes)
        .header("Idempotency-Key", "Canary-Key")
        .header("Upload-Metadata", metadata)
}

fn go_on(server: &Server, path: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
    tus(server.post(path))
        .header("X-HTTP-Method-Override", "PATCH")
        .header("Content-Type", "application/offset+octet-stream")
        .header("Upload-Offset", offset)
        .body(bytes.to_vec())
}

#[test]
fn no_canary_leaves_the_places_for_people() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let collector = Collector::start()?;
    let arguments = [
        "--log",
        "debug",
        "--log-format",
        "json",
        "--webhook-allow",
        "127.0.0.0/8",
    ];
    let arguments = [
        &arguments[..],
        &["--otlp-endpoint", collector.endpoint.as_str()],
    ]
    .concat();
    let server = Server::start_logging(&data, arguments, &File::create(&log)?)?;
    let told = subscribed(&server)?;
    let mut seen = Seen::default();

    let file = tagged(&painted(folder.path(), "90131")?)?;
    let slide = uploaded(&server, &file, &mut seen)?;
    refused(&server, &mut seen)?;
    by_s3(&server, &data, &slide, &file)?;
    server.wait_for_state(&slide, &["scored"])?;
    told.wait_for("prediction.ready")?;
    is_told_to_people(&server, &slide)?;
    seen.add("metrics", server.get("/metrics")?.text()?);
    for path in [
        format!("/api/v1/slides/{slide}/manifest"),
        "/dicomweb/instances?includefield=all".to_owned(),
        format!("/slides/{slide}.dzi"),
        format!("/iiif/3/{slide}/info.json"),
    ] {
        let answer = server.get(&path)?;
        ensure!(answer.status() == 200, "GET {path}: {}", answer.status());
        seen.add(path.as_str(), answer.bytes()?);
    }
    drop(server);

    seen.add("the log", fs::read(&log)?);
    seen.add("traces", format!("{:?}", collector.spans()));
    for (head, body) in told.all() {
        seen.add("a webhook", format!("{head} {body}"));
    }
    let data = data.to_str().context("a path of text")?;
    let trail = run(["audit", "export", "--data", data])?;
    ensure!(trail.code == Some(0), "{}", trail.stderr);
    seen.add("the audit trail", trail.stdout);
    let objects = files_below(&Path::new(data).join("objects"));
    ensure!(objects.iter().any(|file| file.ends_with("original")));
    for file in objects {
        seen.add("an object's key", file.display().to_string());
        // The file as it came is never served.
        if !file.ends_with("original") {
            seen.add(file.display().to_string(), fs::read(&file)?);
        }
    }
    seen.ensure_silent()
}

/// Is told of everything.
fn subscribed(server: &Server) -> Result<Told> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/told", listener.local_addr()?);
    let events = ["slide.received", "prediction.ready"];
    let wanted = json!({ "url": url, "events": events });
    let made = server.post("/api/v1/webhooks").json(&wanted).send()?;
    ensure!(made.status() == 201, "{}", made.text()?);
    Ok(Told::to(listener))
}

/// Sends a slide in two pieces; its id.
fn uploaded(server: &Server, slide: &[u8], seen: &mut Seen) -> Result<String> {
    let begun = begin(server, slide.len(), &metadata(&TOLD)).send()?;
    ensure!(begun.status() == 201, "{}", begun.text()?);
    let path = begun.headers()["location"].to_str()?.to_owned();
    seen.answer("the beginning of an upload", begun)?;
    let half = slide.len() / 2;
    let first = go_on(server, &path, 0, &slide[..half]).send()?;
    ensure!(first.status() == 204, "{}", first.text()?);
    seen.answer("half an upload", first)?;
    let done = go_on(server, &path, half, &slide[half..]).send()?;
    ensure!(done.status() == 204, "{}", done.text()?);
    let id = done.headers()["coverslip-slide"].to_str()?.to_owned();
    seen.answer("an upload", done)?;
    elsewhere(server, slide, seen)?;
    Ok(id)
}

/// The same slide for another case, and another file under the same key.
fn elsewhere(server: &Server, slide: &[u8], seen: &mut Seen) -> Result<()> {
    let other = metadata(&[("accession", "Canary-Case-2")]);
    let key = begin(server, slide.len(), &other).send()?;
    ensure!(key.status() == 409, "{}", key.text()?);
    seen.answer("another file under the same key", key)?;
    let whole = tus(server.post("/api/v1/uploads"))
        .header("Upload-Length", slide.len())
        .header("Upload-Metadata", other)
        .header("Content-Type", "application/offset+octet-stream")
        .body(slide.to_vec())
        .send()?;
    ensure!(whole.status() == 422, "{}", whole.text()?);
    seen.answer("a slide of another case", whole)?;
    Ok(())
}

/// The same slide by S3, under a name and with words that a scanner chose; and what is refused.
fn by_s3(server: &Server, data: &Path, slide: &str, file: &[u8]) -> Result<()> {
    let data = data.to_str().context("a path of text")?;
    let scanner = S3Scanner::new(&["--data", data])?;
    let (name, told) = ("Canary-Object/Canary-File Meier.svs", &TOLD[1..]);
    let found = scanner.put(server.base(), name, file, told)?;
    ensure!(found == slide, "{found} is not {slide}");
    for told in [("mpp", "Canary-Mpp"), ("accession", "Canary-Case-2")] {
        let refused = scanner.put(server.base(), "Canary-Other.svs", file, &[told]);
        ensure!(refused.is_err(), "{told:?} was taken");
    }
    Ok(())
}

/// What is wrong is not repeated, and a file that is no slide says nothing either.
fn refused(server: &Server, seen: &mut Seen) -> Result<()> {
    for (key, value) in [("mpp", "Canary-Mpp"), ("sha256", "Canary-Sum")] {
        let request = tus(server.post("/api/v1/uploads")).header("Upload-Length", 5);
        let request = request.header("Upload-Metadata", metadata(&[(key, value)]));
        let answer = request.send()?;
        ensure!(answer.status() == 400, "{}", answer.text()?);
        seen.answer("metadata that is wrong", answer)?;
    }
    let file = b"Canary-Content of a file that is no slide";
    let answer = tus(server.post("/api/v1/uploads"))
        .header("Upload-Length", file.len())
        .header(
            "Upload-Metadata",
            metadata(&[("filename", "Canary-Text.svs")]),
        )
        .header("Content-Type", "application/offset+octet-stream")
        .body(file.to_vec())
        .send()?;
    ensure!(answer.status() == 201, "{}", answer.text()?);
    let id = answer.headers()["coverslip-slide"].to_str()?.to_owned();
    seen.answer("a file that is no slide", answer)?;
    let row = server.wait_for_state(&id, &["quarantined"])?;
    seen.add("why it was refused", row["status"].to_string());
    Ok(())
}

/// They were planted, and are where they belong: else nothing above means anything.
fn is_told_to_people(server: &Server, slide: &str) -> Result<()> {
    let row = server.get_json(&format!("/api/v1/slides/{slide}"))?;
    ensure!(row["file_name"] == "Canary-File Meier.svs", "{row}");
    let case = row["case"].as_str().context("a case")?;
    let case = server
        .get_json(&format!("/api/v1/cases/{case}"))?
        .to_string();
    for word in [
        "Canary-Case-1",
        "Canary-Part",
        "Canary-Block",
        "Canary-Stain",
    ] {
        ensure!(case.contains(word), "{word} is not in {case}");
    }
    let label = server.get(&format!("/api/v1/slides/{slide}/associated/label"))?;
    ensure!(
        label.status() == 200,
        "the label is not there to be looked at"
    );
    Ok(())
}
