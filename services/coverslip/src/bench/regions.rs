//! Regions at any resolution, read from our pyramid, against OpenSlide on the source.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use flow::{MicrometreRect, Mpp, PixelSize, SlideId};
use pyramid::PyramidReader;
use serde_json::Value;
use store::Store;

use super::cost::process_cpu_s;
use super::inputs::{Inputs, Synthetic};
use super::peers;
use super::table::{Comparison, Figure, Table};

const ROUNDS: usize = 3;
const N_REGIONS: usize = 600;
const SIDE: u32 = 256;
/// The slide has 0.25 um per pixel: a level of its own, between levels, and two levels down.
const MPPS: [f64; 3] = [0.25, 0.37, 1.0];

/// Reads of ours run in this process, so its own clock tells their cost.
pub(crate) fn any_mpp(inputs: &Inputs, table: &mut Table) -> Result<()> {
    let slide = inputs.synthetic(Synthetic {
        side: 20_480,
        step: 2,
    })?;
    let data = inputs.fresh("regions")?;
    let ingested = peers::coverslip()?
        .args(["ingest", "--json", "--data"])
        .arg(&data)
        .arg(&slide)
        .output()
        .context("cannot start coverslip ingest")?;
    let answer: Value = serde_json::from_slice(&ingested.stdout)?;
    let id: SlideId = answer["slides"][0]["slide"]
        .as_str()
        .context("a slide id")?
        .parse()?;
    let store = Store::local(&data.join("objects"))?;
    for mpp in MPPS {
        table.add(at(&store, id, &slide, Mpp::new(mpp)?)?)?;
    }
    Ok(())
}

fn at(store: &Store, id: SlideId, slide: &Path, mpp: Mpp) -> Result<Figure> {
    let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
    let mut version = String::new();
    for _ in 0..ROUNDS {
        ours = ours.min(our_cpu(store, id, mpp)?);
        let peer = openslide(slide, mpp)?;
        theirs = theirs.min(peer["cpu_s"].as_f64().context("CPU seconds")?);
        peer["version"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut version);
    }
    let per_cpu_s = |cpu_s: f64| format!("{:.0} regions per CPU-s", N_REGIONS as f64 / cpu_s);
    Ok(Figure {
        work: format!("read 256 px regions at {mpp} um/px"),
        ours: per_cpu_s(ours),
        peer: format!("OpenSlide {version}: {}", per_cpu_s(theirs)),
        result: Comparison::Ratio {
            ratio: theirs / ours,
            promised: 4.0,
        },
    })
}

fn our_cpu(store: &Store, id: SlideId, mpp: Mpp) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let reader = PyramidReader::open(store, id).await?;
        let slide = reader
            .index()
            .levels
            .first()
            .context("a pyramid has levels")?
            .grid
            .level;
        let side_um = f64::from(SIDE) * mpp.get();
        let width = f64::from(slide.width) * reader.mpp().get() - side_um;
        let height = f64::from(slide.height) * reader.mpp().get() - side_um;
        let before = process_cpu_s();
        for region in 0..N_REGIONS {
            let x = region as f64 * 1_979.84 % width;
            let y = region as f64 * 1_182.43 % height;
            let rect = MicrometreRect::square(x, y, side_um);
            let fetched = reader.fetch(mpp, rect, PixelSize::new(SIDE, SIDE)).await?;
            let image = fetched.render()?;
            ensure!(
                image.size == PixelSize::new(SIDE, SIDE),
                "a region has the wrong size"
            );
        }
        Ok(process_cpu_s() - before)
    })
}

fn openslide(slide: &Path, mpp: Mpp) -> Result<Value> {
    let output = peers::python("tests/bench/openslide_regions.py")
        .arg(slide)
        .args([mpp.to_string(), N_REGIONS.to_string()])
        .output()
        .context("cannot start Python: run `make bench`")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
