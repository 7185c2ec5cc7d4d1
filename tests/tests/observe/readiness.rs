use std::fs;

use anyhow::{Context, Result, ensure};
use harness::Server;
use servers::RedisServer;

use crate::wait_for;

#[test]
fn a_process_is_ready_while_what_it_needs_answers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut redis = RedisServer::start()?;
    let url = redis.url();
    let catalog = ["--data", data.to_str().context("a path of text")?];
    let arguments = ["--redis-url", url.as_str()];
    let worker = Server::start_part(&["work", "mil"], &catalog, arguments)?;
    let viewing = Server::start_part(&["serve", "tiles"], &catalog, arguments)?;
    for server in [&worker, &viewing] {
        comes_to(server, 204, "")?;
    }

    redis.kill()?;
    let problem = comes_to(&worker, 503, "the queue does not answer")?;
    let port = redis.port().to_string();
    ensure!(!problem.contains(&port), "it tells an address: {problem}");
    let answer = worker.get_as_stranger("/health/ready")?;
    ensure!(answer.headers()["content-type"] == "application/problem+json");
    ensure!(worker.get_as_stranger("/health/live")?.status() == 204);
    let metrics = worker.get("/metrics")?.error_for_status()?.text()?;
    ensure!(
        metrics.contains("coverslip_dependency_up{dependency=\"queue\"} 0"),
        "{metrics}"
    );
    ensure!(metrics.contains("coverslip_queue_lag_seconds{topic=\"slide-tiled\"} NaN"));
    // Slides can be read without it.
    comes_to(&viewing, 204, "")?;
    redis.restart()?;
    comes_to(&worker, 204, "")?;

    fs::rename(data.join("objects"), data.join("elsewhere"))?;
    for server in [&worker, &viewing] {
        comes_to(server, 503, "the storage does not answer")?;
    }
    fs::rename(data.join("elsewhere"), data.join("objects"))?;
    for server in [&worker, &viewing] {
        comes_to(server, 204, "")?;
    }
    Ok(())
}

/// The body of the first answer with that status and text.
fn comes_to(server: &Server, status: u16, said: &str) -> Result<String> {
    wait_for(&format!("{status} {said}"), || {
        let answer = server.get_as_stranger("/health/ready")?;
        let is_status = answer.status() == status;
        let body = answer.text()?;
        Ok((is_status && body.contains(said)).then_some(body))
    })
}
