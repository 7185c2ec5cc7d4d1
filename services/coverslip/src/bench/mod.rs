//! Measures this build against the named peers in the same run, turn by turn, per CPU-second.

mod attention;
mod cost;
mod embedding;
mod embedding_engine;
mod embedding_models;
mod inputs;
mod load;
mod peers;
mod python_peer;
mod regions;
mod serving;
mod table;
mod tiling;
mod whole_slide;

use std::path::Path;

use anyhow::Result;

use self::inputs::Inputs;
pub(crate) use self::table::Table;

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
    /// A head over a very large bag.
    Mil,
    /// A slide from file to call.
    Slide,
}

/// Runs one suite, whose figures go to `table`. `folder` keeps painted slides from run to run,
/// `real_slides` has the scanners'.
pub(crate) fn run(
    suite: Suite,
    folder: &Path,
    real_slides: &Path,
    table: &mut Table,
) -> Result<()> {
    let inputs = Inputs::new(folder, real_slides)?;
    match suite {
        Suite::Ingest => {
            table.add(tiling::all_levels_present(&inputs)?)?;
            table.add(tiling::levels_to_fill(&inputs)?)
        }
        Suite::Decoded => {
            let (ndpi, jpeg_2000) = (
                "wsi/test3-DAPI-2-387.ndpi",
                "wsi/tcga-cr-7395-01a-01-ts1.svs",
            );
            table.add(tiling::decoded(&inputs, ndpi, &[])?)?;
            table.add(tiling::decoded(&inputs, jpeg_2000, &["--mpp", "0.25"])?)
        }
        Suite::Memory => {
            table.add(tiling::memory(&inputs, 20_480)?)?;
            table.add(tiling::memory(&inputs, 81_920)?)
        }
        Suite::Serve => serving::tiles(&inputs, table),
        Suite::Regions => regions::any_mpp(&inputs, table),
        Suite::Embed => embedding::tiles(&inputs, table),
        Suite::Mil => attention::large_bag(&inputs, table),
        Suite::Slide => whole_slide::analysis(&inputs, table),
    }
}

/// What stands above the table: how it was made, date, machine, versions of the peers.
pub(crate) fn heading() -> String {
    let peers = [("vips", "--version"), ("nginx", "-v"), ("wrk", "-v")];
    let peers = peers.map(|(program, question)| {
        let version = peers::version(program, question);
        let version = version.unwrap_or_else(|| "not installed".to_owned());
        format!("- {program}: {version}")
    });
    format!(
        "{}\nMachine: {}, {} threads. Date: {}.\n\n{}\n",
        include_str!("how.md"),
        processor(),
        std::thread::available_parallelism().map_or(1, usize::from),
        chrono::Utc::now().format("%Y-%m-%d"),
        peers.join("\n"),
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
