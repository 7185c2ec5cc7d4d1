//! Ingest against `vips dzsave`: the same slide cut into tiles by both, turn by turn.

use std::path::Path;

use anyhow::Result;

use super::cost::{Cost, best, run};
use super::inputs::{Inputs, Synthetic};
use super::peers;
use super::table::{Comparison, Figure};

const ROUNDS: usize = 3;
const PROMISED_PEAK_BYTES: u64 = 200_000_000;

/// All levels present: nothing is decoded.
pub(crate) fn all_levels_present(inputs: &Inputs) -> Result<Figure> {
    let slide = inputs.synthetic(Synthetic {
        side: 20_480,
        step: 2,
    })?;
    against_dzsave(
        "ingest 20,480 px, all levels present",
        &slide,
        &[],
        20.0,
        inputs,
    )
}

/// Every other level is missing, as in an Aperio slide.
pub(crate) fn levels_to_fill(inputs: &Inputs) -> Result<Figure> {
    let slide = inputs.synthetic(Synthetic {
        side: 20_480,
        step: 4,
    })?;
    against_dzsave(
        "ingest 20,480 px, every other level to fill",
        &slide,
        &[],
        4.0,
        inputs,
    )
}

/// Formats that OpenSlide decodes for us, and for vips.
pub(crate) fn decoded(inputs: &Inputs, name: &str, arguments: &[&str]) -> Result<Figure> {
    let work = format!("ingest by decoding, {name}");
    match inputs.real(name) {
        Some(slide) => against_dzsave(&work, &slide, arguments, 1.5, inputs),
        None => Ok(Figure {
            work,
            ours: String::new(),
            peer: String::new(),
            result: Comparison::Skipped {
                reason: "the slide is not there".to_owned(),
            },
        }),
    }
}

/// Peak memory must not grow with the slide.
pub(crate) fn memory(inputs: &Inputs, side: u32) -> Result<Figure> {
    let slide = inputs.synthetic(Synthetic { side, step: 4 })?;
    let cost = ingest(&slide, &[], inputs)?;
    Ok(Figure {
        work: format!("ingest memory, {side} px, every other level to fill"),
        ours: describe(cost),
        peer: String::new(),
        result: Comparison::Memory {
            peak_bytes: cost.peak_bytes,
            promised_bytes: PROMISED_PEAK_BYTES,
        },
    })
}

fn against_dzsave(
    work: &str,
    slide: &Path,
    arguments: &[&str],
    promised: f64,
    inputs: &Inputs,
) -> Result<Figure> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(ingest(slide, arguments, inputs)?);
        let out = inputs.fresh("dzsave")?.join("slide");
        theirs.push(run(&mut peers::dzsave(slide, &out))?);
    }
    let (Some(ours), Some(theirs)) = (best(&ours), best(&theirs)) else {
        anyhow::bail!("nothing was measured");
    };
    Ok(Figure {
        work: work.to_owned(),
        ours: describe(ours),
        peer: format!("vips dzsave: {}", describe(theirs)),
        result: Comparison::Ratio {
            ratio: theirs.cpu_s / ours.cpu_s,
            promised,
        },
    })
}

fn ingest(slide: &Path, arguments: &[&str], inputs: &Inputs) -> Result<Cost> {
    let data = inputs.fresh("ingest")?;
    run(peers::coverslip()?
        .arg("ingest")
        .arg(slide)
        .arg("--data")
        .arg(&data)
        .args(arguments))
}

fn describe(cost: Cost) -> String {
    format!(
        "{:.2} CPU-s, {:.2} s wall, {} MB peak",
        cost.cpu_s,
        cost.wall_s,
        cost.peak_bytes / 1_000_000
    )
}
