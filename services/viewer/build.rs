//! Builds again when the web app was built again.

use std::fs;
use std::io::{self, Write};

/// What `npm run build` writes.
const BUILT: &str = "dist";

fn main() -> io::Result<()> {
    // Cargo takes a missing path as always changed, so the folder must be there even if empty.
    fs::create_dir_all(BUILT)?;
    writeln!(io::stdout(), "cargo::rerun-if-changed={BUILT}")?;
    writeln!(io::stdout(), "cargo::rerun-if-changed=build.rs")
}
