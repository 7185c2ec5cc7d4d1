//! What this process costs the machine, under the names that Prometheus' own libraries use. Linux
//! alone tells; elsewhere these are not shown.

use std::fs;
use std::str::FromStr;

use metrics::{describe_gauge, gauge};
use rustix::param::{clock_ticks_per_second, page_size};

const CPU_SECONDS: &str = "process_cpu_seconds_total";
const RESIDENT: &str = "process_resident_memory_bytes";
const OPEN_FILES: &str = "process_open_fds";
const MOST_FILES: &str = "process_max_fds";
const THREADS: &str = "process_threads";
const START: &str = "process_start_time_seconds";

/// What `/proc/self/stat` says; proc(5) numbers its fields from one.
#[derive(Debug, PartialEq)]
struct Stat {
    cpu_ticks: u64,
    threads: u64,
    /// Since the machine was started.
    start_ticks: u64,
    resident_pages: u64,
}

/// Looks how things are now.
pub(super) fn look() {
    let stat = fs::read_to_string("/proc/self/stat");
    if let Some(stat) = stat.ok().as_deref().and_then(Stat::read) {
        let ticks = clock_ticks_per_second() as f64;
        // A gauge, because a counter of this library counts whole numbers.
        gauge!(CPU_SECONDS).set(stat.cpu_ticks as f64 / ticks);
        gauge!(THREADS).set(stat.threads as f64);
        gauge!(RESIDENT).set(stat.resident_pages as f64 * page_size() as f64);
        if let Some(boot) = number_after("/proc/stat", "btime ") {
            gauge!(START).set(boot + stat.start_ticks as f64 / ticks);
        }
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        // The folder itself is open while it is read.
        gauge!(OPEN_FILES).set(files.count().saturating_sub(1) as f64);
    }
    if let Some(most) = number_after("/proc/self/limits", "Max open files") {
        gauge!(MOST_FILES).set(most);
    }
}

pub(super) fn describe() {
    describe_gauge!(CPU_SECONDS, "Processor seconds spent so far");
    describe_gauge!(RESIDENT, "Memory in use, in bytes");
    describe_gauge!(OPEN_FILES, "Open files");
    describe_gauge!(MOST_FILES, "Files that may be open at once");
    describe_gauge!(THREADS, "Threads");
    describe_gauge!(START, "When the process was started, in seconds since 1970");
}

impl Stat {
    fn read(text: &str) -> Option<Self> {
        // The program's name stands in parentheses and may hold anything; field three follows.
        let (_, fields) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let field = |number: usize| number_in(fields.get(number - 3)?);
        Some(Self {
            cpu_ticks: field(14)? + field(15)?,
            threads: field(20)?,
            start_ticks: field(22)?,
            resident_pages: field(24)?,
        })
    }
}

fn number_after(file: &str, start: &str) -> Option<f64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(start))?;
    number_in(line.split_whitespace().next()?)
}

fn number_in<N: FromStr>(text: &str) -> Option<N> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_whatever_the_program_is_called() {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194304 1000 0 0 0 120 30 0 0 20 0 7 0 5000 \
                    123456789 2048 18446744073709551615";
        let stat = Stat {
            cpu_ticks: 150,
            threads: 7,
            start_ticks: 5000,
            resident_pages: 2048,
        };
        assert_eq!(Stat::read(line), Some(stat));
        assert_eq!(Stat::read("42 (short) S 1"), None);
    }
}
