//! What a process cost: wall clock, processor time and memory, children included.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rustix::time::{ClockId, clock_gettime};
use wait4::Wait4;

/// Processor time is what counts: the machine may be shared, and wall clock then says little.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall_s: f64,
    /// User and system time of the process and all the children it waited for.
    pub(crate) cpu_s: f64,
    /// Peak resident memory of the largest of these processes.
    pub(crate) peak_bytes: u64,
}

/// Runs the command to its end. Fails, with what it said, if it fails.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    run_to(command, Stdio::null())
}

/// The same; what the command prints goes to the file `out`.
pub(crate) fn run_into(command: &mut Command, out: &Path) -> Result<Cost> {
    let file = File::create(out).with_context(|| format!("cannot create {}", out.display()))?;
    run_to(command, file.into())
}

fn run_to(command: &mut Command, out: Stdio) -> Result<Cost> {
    let program = command.get_program().to_string_lossy().into_owned();
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr
            .read_to_string(&mut said)
            .with_context(|| format!("cannot read from {program}"))?;
    }
    let ended = child
        .wait4()
        .with_context(|| format!("cannot wait for {program}"))?;
    ensure!(ended.status.success(), "{program} failed: {said}");
    let used = ended.rusage;
    Ok(Cost {
        wall_s: started.elapsed().as_secs_f64(),
        cpu_s: (used.utime + used.stime).as_secs_f64(),
        peak_bytes: used.maxrss,
    })
}

/// Processor seconds a running process has used so far, its threads included.
pub(crate) fn cpu_of_process(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    // Fields after the parenthesised name, which may hold spaces: state is field 3.
    let (_, fields) = stat.rsplit_once(')').context("a process has a name")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |field: usize| -> Result<f64> {
        let text = fields
            .get(field - 3)
            .with_context(|| format!("{path} has no field {field}"))?;
        Ok(text.parse::<f64>()?)
    };
    Ok((ticks(14)? + ticks(15)?) / rustix::param::clock_ticks_per_second() as f64)
}

/// Processor seconds this process has used so far, its threads included.
pub(crate) fn process_cpu_s() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 * 1e-9
}

/// The least processor time of several runs: the one the rest of the machine disturbed least.
pub(crate) fn best(costs: &[Cost]) -> Option<Cost> {
    costs
        .iter()
        .copied()
        .min_by(|a, b| a.cpu_s.total_cmp(&b.cpu_s))
}
