//! Webhooks of the real binary, which is killed between what happened and the telling.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use harness::{Server, Told, phantom, pushed_new};
use serde_json::{Value, json};

/// Until an attempt in vain was counted.
fn wait_for_postponed(server: &Server) -> Result<()> {
    let name = "coverslip_webhook_attempts_total{outcome=\"postponed\"} ";
    let deadline = Instant::now() + Duration::from_secs(30);
    while Instant::now() < deadline {
        let metrics = server.get("/metrics")?.text()?;
        let count = metrics.lines().find_map(|line| line.strip_prefix(name));
        if count.is_some_and(|count| count != "0") {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("no attempt was counted")
}

#[test]
fn what_happened_before_a_kill_is_told_after_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    phantom(&file, &["--size", "2048", "--tumour", "0.2", "--seed", "7"])?;
    let data = folder.path().join("data");
    let arguments = ["--webhook-allow", "127.0.0.0/8"];
    let mut server = Server::start(&data, arguments)?;
    // A port of ours where nobody listens: connections are refused until somebody does.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let events = json!(["slide.received", "prediction.ready"]);
    let wanted = json!({ "url": format!("http://127.0.0.1:{port}/told"), "events": events });
    let made = server.post("/api/v1/webhooks").json(&wanted).send()?;
    ensure!(made.status() == 201, "{}", made.status());
    let made: Value = serde_json::from_str(&made.text()?)?;
    let webhook = format!("/api/v1/webhooks/{}", made["id"].as_str().context("an id")?);

    let push = server
        .post("/api/v1/slides")
        .header("X-Filename", "CANARY.tiff");
    let push = push.header("X-Accession", "CANARY-1");
    let slide = pushed_new(push.body(std::fs::read(&file)?))?;
    server.wait_for_state(&slide, &["scored"])?;
    let pending = server.get_json(&format!("{webhook}/deliveries?state=pending"))?;
    let n_pending = pending["deliveries"].as_array().map(Vec::len);
    ensure!(n_pending == Some(2), "{pending}");
    wait_for_postponed(&server)?;
    server.kill()?;

    let told = Told::to(TcpListener::bind(("127.0.0.1", port))?);
    let server = Server::start(&data, arguments)?;
    for delivery in pending["deliveries"].as_array().context("deliveries")? {
        let id = delivery["id"].as_str().context("an id")?;
        // The older one was refused so often that it waits for minutes.
        if delivery["event"] == "slide.received" {
            let replay = format!("{webhook}/deliveries/{id}/replays");
            ensure!(server.post(&replay).send()?.status() == 201);
        }
    }
    for kind in ["slide.received", "prediction.ready"] {
        let (head, body) = told.wait_for(kind)?;
        ensure!(body["data"]["slide"] == slide.as_str(), "{body}");
        ensure!(head.contains("webhook-signature: v1,"), "{head}");
        ensure!(!format!("{head}{body}").contains("canary"), "{head} {body}");
        ensure!(!body.to_string().contains("CANARY"), "{body}");
    }
    let (_, ready) = told.wait_for("prediction.ready")?;
    ensure!(ready["data"]["task"] == "phantom-tumour", "{ready}");
    Ok(())
}
