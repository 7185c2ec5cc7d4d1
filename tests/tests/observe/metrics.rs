use anyhow::{Context, Result, ensure};
use harness::Server;

use crate::scrape::Scrape;
use crate::{CANARY, NOTHING_MORE, painted, push, wait_for};

/// A counter or gauge, labels it has, and what it must say.
type Fact<'a> = (&'a str, &'a [&'a str], f64);

#[test]
fn counts_are_true_and_name_no_slide() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("data"), NOTHING_MORE)?;
    let slide = painted(folder.path(), "90101")?;
    let poison = b"no slide at all".to_vec();
    let n_bytes = (slide.len() + poison.len()) as f64;
    let id = push(&server, slide, &[])?;
    server.wait_for_state(&id, &["scored"])?;
    let poisoned = push(&server, poison, &[])?;
    server.wait_for_state(&poisoned, &["quarantined"])?;
    for path in [
        format!("/slides/{id}_files/12/0_0.jpeg"),
        format!("/slides/{id}_files/12/0_0.jpeg"),
        format!("/slides/{id}_files/12/1_0.jpeg"),
        format!("/iiif/3/{id}/0,0,512,512/100,/0/default.jpg"),
        format!("/api/v1/slides/{id}/thumbnail"),
        format!("/api/v1/slides/{id}/heatmaps/phantom-tumour/attention/12/0_0.png"),
    ] {
        let status = server.get(&path)?.status();
        ensure!(status == 200, "GET {path} answered {status}");
    }
    let predictions = server.get_json(&format!("/api/v1/slides/{id}/predictions"))?;
    let n_tiles = predictions["predictions"][0]["n_instances"].as_f64();
    let n_tiles = n_tiles.context("the bag's tiles are counted")?;

    let facts: &[Fact<'_>] = &[
        ("coverslip_uploads_total", &["outcome=\"new\""], 2.0),
        ("coverslip_upload_bytes_total", &[], n_bytes),
        ("coverslip_slides_total", &["state=\"received\""], 2.0),
        ("coverslip_slides_total", &["state=\"tiled\""], 1.0),
        ("coverslip_slides_total", &["state=\"embedded\""], 1.0),
        ("coverslip_slides_total", &["state=\"scored\""], 1.0),
        ("coverslip_slides_total", &["state=\"quarantined\""], 1.0),
        (
            "coverslip_errors_total",
            &["stage=\"tile\"", "kind=\"file\""],
            1.0,
        ),
        ("coverslip_errors_total", &[], 1.0),
        ("coverslip_embedded_tiles_total", &[], n_tiles),
        ("coverslip_stage_seconds_count", &["stage=\"receive\""], 2.0),
        ("coverslip_stage_seconds_count", &["stage=\"tile\""], 1.0),
        ("coverslip_stage_seconds_count", &["stage=\"embed\""], 1.0),
        ("coverslip_stage_seconds_count", &["stage=\"score\""], 1.0),
        ("coverslip_tiles_served_total", &["path=\"deep_zoom\""], 2.0),
        ("coverslip_tiles_served_total", &["path=\"memory\""], 1.0),
        ("coverslip_tiles_served_total", &["path=\"iiif\""], 1.0),
        ("coverslip_tiles_served_total", &["path=\"thumbnail\""], 1.0),
        ("coverslip_tiles_served_total", &["path=\"heatmap\""], 1.0),
        ("coverslip_tiles_made_total", &["how=\"coloured\""], 1.0),
        ("coverslip_dependency_up", &[], 3.0),
        ("coverslip_queue_messages", &[], 0.0),
        ("coverslip_queue_dead_letters", &[], 0.0),
        ("coverslip_storage_failures_total", &[], 0.0),
    ];
    // A number may be a moment behind what the catalog says already.
    let scrape = wait_for("true counts", || {
        let scrape = Scrape::of(&server)?;
        let wrong = facts.iter().find(|fact| !holds(&scrape, fact));
        Ok(wrong.is_none().then_some(scrape))
    });
    let scrape = scrape.or_else(|_| Scrape::of(&server))?;
    for fact in facts {
        let (name, labels, expected) = fact;
        let found = scrape.sum(name, labels);
        ensure!(
            holds(&scrape, fact),
            "{name} {labels:?}: {found}, not {expected}"
        );
    }
    let n_batches = scrape.sum("coverslip_embed_batch_seconds_count", &["work=\"infer\""]);
    ensure!(n_batches >= n_tiles / 64.0, "{n_batches} batches");
    ensure!(
        scrape.sum(
            "coverslip_storage_request_seconds_count",
            &["kind=\"local\""]
        ) > 10.0
    );
    ensure!(scrape.sum("process_resident_memory_bytes", &[]) > 1e6);
    ensure!(scrape.sum("process_cpu_seconds_total", &[]) > 0.1);
    ensure!(scrape.sum("process_open_fds", &[]) > 3.0);
    names_nobody(&scrape, &[&id, &poisoned, CANARY])?;
    all_is_described(&scrape)
}

fn holds(scrape: &Scrape, (name, labels, expected): &Fact<'_>) -> bool {
    let found = scrape.sum(name, labels);
    let is_there = scrape.samples().any(|sample| sample.name == *name);
    is_there && (found - expected).abs() < f64::EPSILON * expected.max(1.0)
}

fn names_nobody(scrape: &Scrape, names: &[&str]) -> Result<()> {
    for name in names {
        ensure!(!scrape.text.contains(name), "a metric names {name}");
    }
    let n_series = scrape.samples().count();
    ensure!(n_series < 500, "{n_series} series");
    Ok(())
}

fn all_is_described(scrape: &Scrape) -> Result<()> {
    let described = scrape.described();
    for sample in scrape.samples() {
        let histogram = ["_bucket", "_sum", "_count"];
        let stem = histogram
            .iter()
            .find_map(|end| sample.name.strip_suffix(end));
        let is_described = [Some(sample.name), stem]
            .into_iter()
            .flatten()
            .any(|name| described.contains(name));
        ensure!(is_described, "{} is not described", sample.name);
    }
    Ok(())
}
