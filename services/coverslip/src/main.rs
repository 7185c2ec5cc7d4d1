//! The one binary: parses the command line, starts logging, runs the command.

use std::process::ExitCode;

use clap::Parser;

mod access_args;
mod arguments;
mod bag_files;
mod bench;
mod catalog_args;
mod cohort;
mod commands;
mod compute_choice;
mod covariate_table;
mod curves;
mod deidentify_args;
mod encoder_args;
mod encoder_choice;
mod encoder_terms;
mod exit;
mod features;
mod files;
mod first_read_args;
mod health;
mod hl7_args;
mod ingest_args;
mod installation;
mod limit_args;
mod listening;
mod oidc_args;
mod openapi;
mod parts;
mod path;
mod print;
mod progress_bars;
mod report_args;
mod research_args;
mod s3_args;
mod scanner_s3_args;
mod slide_names;
mod state_args;
mod summary;
mod table_with_header;
mod task_folder;
mod task_record;
mod task_registry;
mod task_service_args;
mod tenant_args;
mod text_search_args;
mod upload_args;
mod webhook_args;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    exit::code(commands::run(arguments))
}
