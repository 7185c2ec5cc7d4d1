use std::fs;

use anyhow::{Context, Result};

/// Clock ticks a second on Linux, whatever the kernel's own.
const TICKS: f64 = 100.0;

/// User and system seconds of a process so far (proc(5), fields 14 and 15 of `stat`).
pub(crate) fn cpu_seconds(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The program's name, in brackets, may hold blanks.
    let (_, fields) = stat.rsplit_once(')').context("a process has a name")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("a field")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}
