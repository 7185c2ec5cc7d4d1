//! Two tenants over real servers, PostgreSQL, Redis and S3, with each part a process of its own.

use std::fs;
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use harness::{Asker, Finished, Person, Server, phantom, run};
use serde_json::{Value, json};
use servers::{PostgresServer, RedisServer, SeaweedServer, s3_arguments};
use tempfile::TempDir;

use crate::deployment::{NORTH, SOUTH};

struct Cluster {
    redis: RedisServer,
    postgres: PostgresServer,
    s3: SeaweedServer,
    /// Goes after what lies in it has ended.
    folder: TempDir,
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

    /// A process for both tenants with an empty data folder, called as the part is.
    fn start(&self, part: [&str; 2]) -> Result<Server> {
        let data = self.folder.path().join(part.join("-"));
        let data = data.to_str().context("a path of text")?;
        let (catalog, redis) = (self.postgres.url(), self.redis.url());
        let mut arguments = vec!["--redis-url", &redis, "--lease-seconds", "3"];
        arguments.extend(["--tenant", SOUTH]);
        arguments.extend(s3_arguments(self.s3.endpoint()));
        let norths = ["--data", data, "--catalog-url", &catalog, "--tenant", NORTH];
        Server::start_part(&part, &norths, arguments)
    }

    /// A command about one tenant.
    fn coverslip(&self, tenant: &str, words: &[&str]) -> Result<Finished> {
        let (catalog, data) = (self.postgres.url(), self.folder.path().join("command"));
        let data = data.to_str().context("a path of text")?;
        let place = [
            "--catalog-url",
            &catalog,
            "--data",
            data,
            "--tenant",
            tenant,
        ];
        run([words, &place].concat())
    }

    fn token(&self, tenant: &str) -> Result<String> {
        let create = ["token", "create", "--role", "admin", "--json"];
        let made = self.coverslip(tenant, &create)?.json()?;
        Ok(made["token"].as_str().context("a token")?.to_owned())
    }

    fn person(&self, tenant: &str, cases: &Server) -> Result<Person> {
        let link = [
            "token",
            "link",
            "--role",
            "pathologist",
            "--name",
            "Dr. Gram",
            "--at",
        ];
        let link = self.coverslip(tenant, &[&link[..], &[cases.base()]].concat())?;
        Person::log_in_by(cases, link.stdout.trim())
    }

    fn painted(&self, seed: &str) -> Result<Vec<u8>> {
        let file = self.folder.path().join(format!("{seed}.tiff"));
        let tumour = [
            "--tumour", "0.2", "--grade", "3", "--size", "2048", "--seed", seed,
        ];
        phantom(&file, &tumour)?;
        Ok(fs::read(file)?)
    }
}

#[test]
fn the_same_slide_is_anothers_at_each_tenant() -> Result<()> {
    let cluster = Cluster::new()?;
    let ingest = cluster.start(["serve", "ingest"])?;
    let tiles = cluster.start(["serve", "tiles"])?;
    let cases = cluster.start(["serve", "cases"])?;
    let _workers = (
        cluster.start(["work", "embed"])?,
        cluster.start(["work", "mil"])?,
    );
    let souths = cluster.token(SOUTH)?;
    let south = |part: &Server| part.asker_with(&souths);

    let bytes = cluster.painted("90152")?;
    let slide = ingest.push_new(bytes.clone())?;
    cases.wait_for_state(&slide, &["scored"])?;
    let path = format!("/api/v1/slides/{slide}");
    let tile = format!("/slides/{slide}_files/11/0_0.jpeg");
    // North's own are there, and kept in memory.
    for _ in 0..2 {
        ensure!(tiles.get(&tile)?.status() == 200);
    }
    for (part, path) in [(&cases, &path), (&tiles, &tile)] {
        let status = south(part).get(path)?.status();
        ensure!(status == 404, "{path} of north's is {status} at south");
    }

    // The very same bytes at south: another slide of the same name.
    let request = south(&ingest).asked("POST".parse()?, "/api/v1/slides");
    let theirs = harness::pushed_new(request.body(bytes))?;
    ensure!(theirs == slide, "{theirs} is not {slide}");
    let row = wait_until_scored(&south(&cases), &path)?;
    ensure!(row["call"]["is_positive"] == true, "{row}");
    let person = cluster.person(NORTH, &cases)?;
    let impression = json!({"kind": "impression", "impression": "malignant"});
    person.say(&format!("{path}/reviews"), &impression)?;
    let reviews = format!("{path}/reviews");
    let norths = cases.get_json(&reviews)?["reviews"].clone();
    ensure!(
        norths.as_array().is_some_and(|all| all.len() == 1),
        "{norths}"
    );
    let souths_reviews: Value = south(&cases).get(&reviews)?.json()?;
    ensure!(souths_reviews["reviews"] == json!([]), "{souths_reviews}");
    let (status, told) = cluster.person(SOUTH, &cases)?.read(&reviews)?;
    ensure!(status == 200 && told["reviews"] == json!([]), "{told}");

    for tenant in [NORTH, SOUTH] {
        let verified = cluster.coverslip(tenant, &["audit", "verify"])?;
        ensure!(verified.code == Some(0), "{verified:?}");
        let url = cluster.redis.url();
        let depth = ["queue", "depth", "--json", "--redis-url", &url];
        let depth = cluster.coverslip(tenant, &depth)?.json()?;
        ensure!(depth["steps"][0]["waiting"] == 0, "{depth}");
    }
    let nobody = cluster.coverslip("nroth", &["audit", "verify"])?;
    ensure!(nobody.code == Some(1), "{nobody:?}");
    ensure!(nobody.stderr.contains("tenant_nroth"), "{nobody:?}");
    Ok(())
}

fn wait_until_scored(asker: &Asker, path: &str) -> Result<Value> {
    for _ in 0..1200 {
        let row: Value = asker.get(path)?.json()?;
        if row["status"]["state"] == "scored" {
            return Ok(row);
        }
        thread::sleep(std::time::Duration::from_millis(100));
    }
    anyhow::bail!("{path} was not scored")
}
