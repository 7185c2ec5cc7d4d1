//! The parts as processes of their own, over real servers: PostgreSQL, Redis and S3.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use harness::{Server, coverslip, phantom, run};
use servers::{PostgresServer, RedisServer, SeaweedServer, s3_arguments};

/// All that processes on machines of their own share.
struct Cluster {
    redis: RedisServer,
    postgres: PostgresServer,
    s3: SeaweedServer,
    /// Goes after what lies in it has ended.
    folder: tempfile::TempDir,
}

impl Cluster {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (s3, redis, postgres) = thread::scope(|scope| {
            let s3 = scope.spawn(|| SeaweedServer::start_in(folder.path()));
            let others = (RedisServer::start(), PostgresServer::start());
            (s3.join(), others.0, others.1)
        });
        Ok(Self {
            redis: redis?,
            postgres: postgres?,
            s3: s3.map_err(|_panic| anyhow!("SeaweedFS was not started"))??,
            folder,
        })
    }

    /// A process with an empty data folder, called `name`.
    fn start(&self, name: &str, part: &[&str]) -> Result<Server> {
        let data = self.folder.path().join(name);
        let data = data.to_str().context("a path of text")?;
        let (catalog, redis) = (self.postgres.url(), self.redis.url());
        let mut arguments = vec!["--redis-url", &redis, "--lease-seconds", "3"];
        arguments.extend(s3_arguments(self.s3.endpoint()));
        Server::start_part(
            part,
            &["--data", data, "--catalog-url", &catalog],
            arguments,
        )
    }
}

fn painted(folder: &Path, size: &str, seed: &str) -> Result<Vec<u8>> {
    let file = folder.join(format!("{seed}.tiff"));
    let tumour = ["--tumour", "0.2", "--grade", "3"];
    phantom(
        &file,
        &[&tumour[..], &["--size", size, "--seed", seed]].concat(),
    )?;
    Ok(fs::read(&file)?)
}

/// Some, but not all, of the slide's tiles are embedded.
fn wait_until_embedding(cases: &Server, slide: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let row = cases.get_json(&format!("/api/v1/slides/{slide}"))?;
        let progress = &row["progress"];
        if progress["stage"] == "embed" && progress["done"].as_u64() > Some(0) {
            return Ok(());
        }
        ensure!(
            row["status"]["state"] != "scored",
            "it was too quick to be killed"
        );
        ensure!(Instant::now() < deadline, "it was not embedded: {row}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_slide_goes_through_five_processes_and_outlives_a_worker() -> Result<()> {
    let mut cluster = Cluster::new()?;
    let ingest = cluster.start("ingest", &["serve", "ingest"])?;
    let tiles = cluster.start("tiles", &["serve", "tiles"])?;
    let cases = cluster.start("cases", &["serve", "cases"])?;
    let mil = cluster.start("mil", &["work", "mil"])?;
    let mut worker = cluster.start("first", &["work", "embed"])?;

    let bytes = painted(cluster.folder.path(), "12288", "90011")?;
    let slide = ingest.push_new(bytes)?;
    wait_until_embedding(&cases, &slide)?;
    worker.kill()?;
    cluster.postgres.kill()?;
    let path = format!("/api/v1/slides/{slide}");
    let away = cases.get(&path)?.status();
    ensure!(away == 503, "without its catalog it answered {away}");
    cluster.postgres.restart()?;
    let second = cluster.start("second", &["work", "embed"])?;
    cases.wait_for_state(&slide, &["scored"])?;

    let status = tiles.get(&format!("/slides/{slide}.dzi"))?.status();
    ensure!(status == 200, "the slide cannot be seen: {status}");
    for (part, path) in [
        (&tiles, format!("/api/v1/slides/{slide}")),
        (&cases, format!("/slides/{slide}.dzi")),
    ] {
        let status = part.get(&path)?.status();
        ensure!(status == 404, "{path} belongs to another part: {status}");
    }
    for part in [&ingest, &tiles, &cases, &mil, &second] {
        ensure!(part.get_as_stranger("/health/ready")?.status().is_success());
        ensure!(part.get("/metrics")?.status() == 200);
        ensure!(part.get_as_stranger("/metrics")?.status() == 401);
    }
    for name in ["ingest", "tiles", "cases", "mil", "first", "second"] {
        let data = cluster.folder.path().join(name);
        for shared in ["catalog.sqlite", "objects"] {
            ensure!(
                !data.join(shared).exists(),
                "{name} has {shared} of its own"
            );
        }
    }
    Ok(())
}

#[test]
fn a_slide_goes_through_with_its_objects_on_s3() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let s3 = SeaweedServer::start_in(folder.path())?;
    let data = folder.path().join("installation");
    let server = Server::start(&data, s3_arguments(s3.endpoint()))?;
    let slide = server.push_new(painted(folder.path(), "4096", "90012")?)?;
    let row = server.wait_for_state(&slide, &["scored"])?;
    ensure!(row["call"]["is_positive"] == true, "{row}");
    for path in [
        format!("/slides/{slide}_files/12/0_0.jpeg"),
        format!("/api/v1/slides/{slide}/thumbnail"),
        format!("/api/v1/slides/{slide}/heatmaps/phantom-tumour/attention.png"),
    ] {
        let status = server.get(&path)?.status();
        ensure!(status == 200, "GET {path} answered {status}");
    }
    ensure!(!data.join("objects").exists(), "objects lie on the disk");

    drop(s3);
    let away = server
        .get(&format!("/slides/{slide}_files/12/1_1.jpeg"))?
        .status();
    ensure!(away == 503, "without its storage it answered {away}");
    Ok(())
}

#[test]
fn a_part_without_a_queue_to_share_says_what_to_give() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let alone = refused(&["work", "embed"], &data, &[])?;
    ensure!(alone.contains("--redis-url"), "{alone}");
    let nobody = ["--redis-url", "redis://:secret@127.0.0.1:1/0"];
    let unheard = refused(&["serve", "tiles"], &data, &nobody)?;
    ensure!(unheard.contains("127.0.0.1:1"), "{unheard}");
    ensure!(!unheard.contains("secret"), "{unheard}");
    let nowhere = ["--catalog-url", "postgres://a:secret@127.0.0.1:1/slides"];
    let unwritten = refused(&["serve", "tiles"], &data, &[nobody, nowhere].concat())?;
    ensure!(
        unwritten.contains("postgres://127.0.0.1:1/slides"),
        "{unwritten}"
    );
    ensure!(!unwritten.contains("secret"), "{unwritten}");
    Ok(())
}

#[test]
fn the_queue_is_spoken_to_in_tls_if_its_certificate_is_trusted() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let redis = RedisServer::start_with_tls()?;
    let url = redis.url();
    let arguments = ["--redis-url", url.as_str()];
    let stranger = refused(&["work", "mil"], &data, &arguments)?;
    ensure!(stranger.contains("rediss://127.0.0.1"), "{stranger}");
    ensure!(stranger.contains("SSL_CERT_FILE"), "{stranger}");

    let catalog = ["--data", data.to_str().context("a path of text")?];
    let start = |part: [&str; 2]| {
        let mut command = coverslip()?;
        command.args(part).env("SSL_CERT_FILE", redis.certificate());
        Server::start_command(command, &catalog, arguments)
    };
    let ingest = start(["serve", "ingest"])?;
    let cases = start(["serve", "cases"])?;
    let _workers = (start(["work", "embed"])?, start(["work", "mil"])?);
    let slide = ingest.push_new(painted(folder.path(), "2048", "90013")?)?;
    cases.wait_for_state(&slide, &["scored"])?;
    Ok(())
}

fn refused(part: &[&str], data: &Path, more: &[&str]) -> Result<String> {
    let data = data.to_str().context("a path of text")?;
    let arguments = [part, &["--data", data], more].concat();
    let finished = run(arguments)?;
    ensure!(finished.code == Some(1), "{finished:?}");
    Ok(finished.stderr)
}
