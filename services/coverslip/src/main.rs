//! The one binary: parses the command line, starts logging, runs the command.

use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod bench;
mod commands;
mod exit;
mod installation;
mod login;
mod print;
mod progress_bars;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::init(arguments.log_format, &arguments.log);
    exit::code(commands::run(arguments.command))
}
