use anyhow::{Context, Result};

/// How often each fault is made: once, or as often as `COVERSLIP_CHAOS_ROUNDS` says.
pub(crate) fn rounds() -> Result<u64> {
    let Some(text) = std::env::var_os("COVERSLIP_CHAOS_ROUNDS") else {
        return Ok(1);
    };
    let text = text.to_str().and_then(|text| text.parse().ok());
    text.context("COVERSLIP_CHAOS_ROUNDS is a number")
}
