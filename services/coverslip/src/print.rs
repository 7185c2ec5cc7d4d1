//! Standard output: what a command was asked for, and nothing else.

use std::io::Write;

use anyhow::{Context, Result};
use serde::Serialize;

/// One line of text.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .context("cannot write to standard output")
}

/// One JSON object, indented.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    line(&serde_json::to_string_pretty(value).context("cannot write JSON")?)
}
