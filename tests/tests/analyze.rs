//! `coverslip analyze` on real slides and a phantom: calls, holds and what lies in storage after.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use harness::{Finished, Truth, phantom, real, run};
use serde_json::Value;

fn analyze(slide: &Path, data: &Path, more: &[&str]) -> Result<Finished> {
    let mut line = vec![
        "analyze".as_ref(),
        slide.as_os_str(),
        "--json".as_ref(),
        "--data".as_ref(),
        data.as_os_str(),
    ];
    line.extend(more.iter().map(|argument| std::ffi::OsStr::new(*argument)));
    run(line)
}

fn only_slide(finished: &Finished) -> Result<Value> {
    let slides = finished.json()?["slides"]
        .as_array()
        .cloned()
        .context("slides")?;
    ensure!(slides.len() == 1, "one slide expected: {slides:?}");
    Ok(slides[0].clone())
}

/// A result is never a bare number: everything that carries it must be there.
fn has_evidence(slide: &Value) -> Result<()> {
    let probability = slide["probability"].as_f64().context("probability")?;
    ensure!((0.0..=1.0).contains(&probability));
    ensure!(slide["call"]["label"].is_string(), "{slide}");
    let top = slide["top_tiles"].as_array().context("top tiles")?;
    ensure!(
        !top.is_empty()
            && top[0]["rect_um"]["width"]
                .as_f64()
                .is_some_and(|side| side > 0.0)
    );
    for hash in [
        &slide["encoder"]["hash"],
        &slide["task"]["hash"],
        &slide["pyramid"],
    ] {
        ensure!(
            hash.as_str().is_some_and(|text| text.len() == 64),
            "not a sha256: {hash}"
        );
    }
    for stage in ["tile", "embed", "score", "evidence"] {
        let timings = slide["timings"].as_array().context("timings")?;
        ensure!(
            timings.iter().any(|timing| timing["stage"] == stage),
            "no timing of {stage}"
        );
    }
    let layers = slide["evidence"]["layers"].as_array().context("layers")?;
    ensure!(layers.len() == 4, "{layers:?}");
    ensure!(slide["evidence"]["decisive"]["kind"].is_string());
    ensure!(slide["regulatory_status"] == "research_use_only");
    Ok(())
}

#[test]
fn the_aperio_slide_is_scored() -> Result<()> {
    let Some(file) = real("wsi/CMU-1-Small-Region.svs") else {
        return Ok(());
    };
    let data = tempfile::tempdir()?;
    let finished = analyze(&file, data.path(), &[])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    let slide = only_slide(&finished)?;
    has_evidence(&slide)?;
    let again = only_slide(&analyze(&file, data.path(), &[])?)?;
    ensure!(again["slide"] == slide["slide"] && again["probability"] == slide["probability"]);
    Ok(())
}

#[test]
fn the_jpeg_2000_slide_waits_for_its_mpp() -> Result<()> {
    let Some(file) = real("wsi/tcga-cr-7395-01a-01-ts1.svs") else {
        return Ok(());
    };
    let data = tempfile::tempdir()?;
    let held = analyze(&file, data.path(), &[])?;
    ensure!(held.code == Some(3), "{held:?}");
    let slide = only_slide(&held)?;
    ensure!(slide["status"]["state"] == "held");
    ensure!(slide["status"]["reason"]["code"] == "missing_mpp");
    ensure!(
        slide["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("--mpp"))
    );

    let given = analyze(&file, data.path(), &["--mpp", "0.25"])?;
    ensure!(given.code == Some(0), "{given:?}");
    has_evidence(&only_slide(&given)?)
}

#[test]
fn the_fluorescence_slide_is_viewable() -> Result<()> {
    let Some(file) = real("wsi/test3-DAPI-2-387.ndpi") else {
        return Ok(());
    };
    let data = tempfile::tempdir()?;
    let finished = analyze(&file, data.path(), &[])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    has_evidence(&only_slide(&finished)?)
}

#[test]
fn a_dicom_level_coarser_than_the_encoder_is_held_but_viewable() -> Result<()> {
    let Some(file) = real("dicom/ezwsi_multiframe_camelyon_challenge_image.dcm") else {
        return Ok(());
    };
    let data = tempfile::tempdir()?;
    let finished = analyze(&file, data.path(), &[])?;
    ensure!(finished.code == Some(3), "{finished:?}");
    let slide = only_slide(&finished)?;
    ensure!(
        slide["status"]["reason"]["code"] == "coarser_than_encoder",
        "{slide}"
    );
    let id = slide["slide"].as_str().context("slide id")?;
    let folder = data.path().join("objects/slides").join(id);
    ensure!(
        folder.join("manifest.json").is_file() && folder.join("pyramid/level-00.dcm").is_file()
    );
    Ok(())
}

#[test]
fn a_phantom_is_called_and_its_hottest_tile_lies_in_the_tumour() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("phantom.tiff");
    phantom(
        &file,
        &[
            "--size", "8192", "--tumour", "0.15", "--grade", "4", "--seed", "90001",
        ],
    )?;
    let finished = analyze(&file, &folder.path().join("data"), &[])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    let slide = only_slide(&finished)?;
    has_evidence(&slide)?;
    ensure!(slide["call"]["is_positive"] == true, "{slide}");
    let rect = &slide["top_tiles"][0]["rect_um"];
    let centre = |start: &str, side: &str| -> Result<f64> {
        let start = rect[start].as_f64().context("a number")?;
        Ok(start + rect[side].as_f64().context("a number")? / 2.0)
    };
    let mpp = 0.25;
    let (x, y) = (centre("x", "width")? / mpp, centre("y", "height")? / mpp);
    ensure!(Truth::beside(&file)?.is_tumour(x, y), "({x}, {y}) px");
    Ok(())
}

/// Of seventeen tiles, with a tumour.
fn small_phantom(folder: &Path) -> Result<PathBuf> {
    let slide = folder.join("slide.tiff");
    let arguments = [
        "--size", "2048", "--tumour", "0.1", "--grade", "3", "--seed", "5",
    ];
    phantom(&slide, &arguments)?;
    Ok(slide)
}

#[test]
fn an_untrained_mpp_is_refused_and_where_allowed_is_on_the_result() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = small_phantom(folder.path())?;
    let data = folder.path().join("data");
    let plain = only_slide(&analyze(&slide, &data, &[])?)?;
    ensure!(plain["untrained_mpp"].is_null(), "{plain}");
    ensure!(
        plain["encoder_terms"]["licence"] == "MIT OR Apache-2.0",
        "{plain}"
    );

    let refused = analyze(&slide, &data, &["--at-mpp", "1"])?;
    ensure!(refused.code != Some(0), "{refused:?}");
    for part in [
        "trained at 0.5 um per pixel, not at 1",
        "--allow-untrained-mpp",
    ] {
        ensure!(refused.stderr.contains(part), "{part}: {refused:?}");
    }

    let allowed = analyze(&slide, &data, &["--at-mpp", "1", "--allow-untrained-mpp"])?;
    let allowed = only_slide(&allowed)?;
    has_evidence(&allowed)?;
    ensure!(allowed["untrained_mpp"]["used"] == 1.0, "{allowed}");
    ensure!(allowed["encoder"]["hash"] != plain["encoder"]["hash"]);
    ensure!(allowed["n_instances"] != plain["n_instances"]);
    Ok(())
}

#[test]
fn a_precision_has_its_own_bag_and_is_on_the_result() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let slide = small_phantom(folder.path())?;
    let data = folder.path().join("data");
    let plain = only_slide(&analyze(&slide, &data, &[])?)?;
    ensure!(plain["precision"] == "f32", "{plain}");
    ensure!(plain["head_precision"] == "f32", "{plain}");
    let mut hashes = vec![plain["encoder"]["hash"].clone()];
    for precision in ["bf16", "int8"] {
        let found = only_slide(&analyze(&slide, &data, &["--precision", precision])?)?;
        ensure!(found["precision"] == precision, "{found}");
        ensure!(found["head_precision"] == "bf16", "{found}");
        ensure!(!hashes.contains(&found["encoder"]["hash"]), "{found}");
        hashes.push(found["encoder"]["hash"].clone());
        ensure!(found["n_instances"] == plain["n_instances"]);
        let probability = |of: &Value| of["probability"].as_f64().context("a probability");
        let away = (probability(&found)? - probability(&plain)?).abs();
        ensure!(away < 0.02, "{found} is not {plain}");
    }

    let refused = analyze(&slide, &data, &["--precision", "f16"])?;
    ensure!(refused.stderr.contains("f32, bf16 or int8"), "{refused:?}");
    Ok(())
}
