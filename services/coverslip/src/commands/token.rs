//! `coverslip token`: who may use the server.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use http::Role;
use serde_json::json;

use crate::exit::Outcome;
use crate::installation::Installation;
use crate::print;

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it, once.
    Create(Create),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// What the bearer may do.
    #[arg(long)]
    role: Role,
    /// Who it is for, as it will stand in the audit trail.
    #[arg(long, default_value = "command line")]
    name: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}
