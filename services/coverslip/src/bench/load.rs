//! The load: `wrk` asks for interior tiles of the finest level in a fixed, scattered order.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::peers;

const N_TILES: u32 = 2_000;

/// Paths of the tiles that are asked for.
pub(crate) struct Tiles {
    paths: Vec<String>,
}

impl Tiles {
    /// Tiles of the only slide that the server at `base` has.
    pub(crate) fn of_only_slide(base: &str, token: &str) -> Result<Self> {
        let list: Value = serde_json::from_slice(&get(base, "/api/v1/slides", token)?)?;
        let id = list["slides"][0]["id"]
            .as_str()
            .context("the server has no slide")?;
        let manifest = format!("/api/v1/slides/{id}/manifest");
        let manifest: Value = serde_json::from_slice(&get(base, &manifest, token)?)?;
        let side = |of: &str, side: &str| manifest[of][side].as_u64().context("a size");
        let (width, height) = (side("size", "width")?, side("size", "height")?);
        let level = u64::BITS - (width.max(height) - 1).leading_zeros();
        let columns = width / side("tile", "width")?;
        let rows = height / side("tile", "height")?;
        // A step coprime to the grid scatters the requests over the whole slide.
        let places = (0..u64::from(N_TILES)).map(|n| n * 7_919 % (columns * rows));
        let paths = places
            .map(|place| {
                format!(
                    "/slides/{id}_files/{level}/{}_{}.jpeg",
                    place % columns,
                    place / columns
                )
            })
            .collect();
        Ok(Self { paths })
    }

    /// The same tiles as files, for a server of files.
    pub(crate) fn save_below(&self, folder: &Path, base: &str, token: &str) -> Result<()> {
        for path in &self.paths {
            let file = folder.join(path.trim_start_matches('/'));
            fs::create_dir_all(file.parent().context("a tile lies in a folder")?)?;
            fs::write(&file, get(base, path, token)?)?;
        }
        Ok(())
    }
}

/// The script that makes `wrk` ask for these tiles in turn.
pub(crate) fn write_script(folder: &Path, tiles: &Tiles) -> Result<PathBuf> {
    let script = folder.join("tiles.lua");
    let list: Vec<String> = tiles.paths.iter().map(|path| format!("{path:?}")).collect();
    let text = format!(
        "local paths = {{ {} }}\nlocal next = 0\n\
         request = function()\n  next = next % #paths + 1\n  return wrk.format(nil, paths[next])\nend\n\
         done = function(summary)\n  local e = summary.errors\n\
         \x20 print('REQUESTS', summary.requests, e.status + e.read + e.write + e.connect + e.timeout)\nend\n",
        list.join(", ")
    );
    fs::write(&script, text)?;
    Ok(script)
}

/// Four seconds on 16 connections, from one core; how many requests were answered, all of them well.
pub(crate) fn run(core: usize, base: &str, token: Option<&str>, script: &Path) -> Result<f64> {
    let mut wrk = peers::pinned(core, "wrk");
    wrk.args(["-t1", "-c16", "-d4s", "-s"]).arg(script);
    if let Some(token) = token {
        wrk.arg("-H").arg(format!("Authorization: Bearer {token}"));
    }
    let output = wrk
        .arg(base)
        .output()
        .context("cannot start wrk: `make bench` installs it")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find(|line| line.starts_with("REQUESTS"))
        .context("wrk told nothing")?;
    let numbers: Vec<f64> = line
        .split_whitespace()
        .skip(1)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    ensure!(
        numbers.len() == 2 && numbers[0] > 0.0,
        "wrk told nothing: {text}"
    );
    ensure!(
        numbers[1] == 0.0,
        "{} requests to {base} failed",
        numbers[1]
    );
    Ok(numbers[0])
}

fn get(base: &str, path: &str, token: &str) -> Result<Vec<u8>> {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail", "--header"])
        .arg(format!("Authorization: Bearer {token}"))
        .arg(format!("{base}{path}"))
        .output()
        .context("cannot start curl")?;
    ensure!(
        output.status.success(),
        "GET {path}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
