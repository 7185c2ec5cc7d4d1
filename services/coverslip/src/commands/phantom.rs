use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use flow::Mpp;

use crate::exit::Outcome;
