//! Measures this build against the named peers in the same run, turn by turn, per CPU-second.

mod cost;
mod embedding;
mod embedding_peer;
mod inputs;
mod load;
mod peers;
mod regions;
mod serving;
mod table;
mod tiling;

use std::path::Path;

use anyhow::Result;

use self::inputs::Inputs;
pub(crate) use self::table::Figure;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Suite {
    /// Copying native tiles, filling levels.
    Ingest,
    /// Formats that must be decoded.
    Decoded,
    /// Memory of ingest, small slide and large.
    Memory,
    /// Tiles over HTTP.
    Serve,
    /// Regions at any resolution.
    Regions,
    /// Tiles through an encoder.
    Embed,
}

/// Runs one suite. `folder` keeps painted slides from run to run, `real_slides` has the scanners'.
pub(crate) fn run(suite: Suite, folder: &Path, real_slides: &Path) -> Result<Vec<Figure>> {
    let inputs = Inputs::new(folder, real_slides)?;
    match suite {
        Suite::Ingest => Ok(vec![
            tiling::all_levels_present(&inputs)?,
            tiling::levels_to_fill(&inputs)?,
        ]),
        Suite::Decoded => Ok(vec![
            tiling::decoded(&inputs, "wsi/test3-DAPI-2-387.ndpi", &[])?,
            tiling::decoded(
                &inputs,
                "wsi/tcga-cr-7395-01a-01-ts1.svs",
                &["--mpp", "0.25"],
            )?,
        ]),
        Suite::Memory => Ok(vec![
            tiling::memory(&inputs, 20_480)?,
            tiling::memory(&inputs, 81_920)?,
        ]),
        Suite::Serve => serving::tiles(&inputs),
        Suite::Regions => regions::any_mpp(&inputs),
        Suite::Embed => embedding::tiles(&inputs),
    }
}

/// The report: date, machine, versions of the peers, and the table.
pub(crate) fn report(figures: &[Figure]) -> String {
    let peers =
        [("vips", "--version"), ("nginx", "-v"), ("wrk", "-v")].map(|(program, question)| {
            let version = peers::version(program, question);
            format!(
                "- {program}: {}",
                version.unwrap_or_else(|| "not installed".to_owned())
            )
        });
    format!(
        "# Benchmarks\n\nMade by `make bench`, which runs each work and its peer in turns on the same \
         machine and keeps the\nleast processor time of three rounds each. A ratio is the peer's \
         processor time over ours.\n\nnginx checks no token, keeps its files open and runs one worker; Coverslip checks \
         the token of each request\nand keeps the tiles given lately. Where the load comes from \
         another core, waking that core up is most of what\neither server costs. `vips dzsave` writes JPEG tiles of the same \
         side and quality.\n\nEmbedding is compared batch by batch, on the cores named, with weights drawn at random; the peer's tiles are \
         normalised\nbeforehand, ours are bytes. OpenVINO that is held to AVX2 (ONEDNN_MAX_CPU_ISA) still multiplies most \
         layers with MLAS,\nwhich takes AVX-512 by itself; PyTorch keeps to AVX2.\n\nMachine: {}, {} threads. Date: {}.\n\n{}\n\n{}",
        processor(),
        std::thread::available_parallelism().map_or(1, usize::from),
        chrono::Utc::now().format("%Y-%m-%d"),
        peers.join("\n"),
        table::markdown(figures)
    )
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("unknown processor", |(_, name)| name)
        .to_owned()
}
