//! The one binary: parses the command line, starts logging, runs the command.

use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod bench;
mod commands;
mod exit;
mod features;
mod installation;
mod path;
mod print;
mod progress_bars;
mod summary;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    exit::code(commands::run(arguments))
}
