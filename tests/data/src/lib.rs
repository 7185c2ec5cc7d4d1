//! Where tests find real slides and weights, which are not part of the repository.

use std::path::{Path, PathBuf};

/// A file of the real test data, `None` (and a line on standard error) where there is none.
///
/// The data lie where `COVERSLIP_TEST_DATA` says, else in `shared/data` beside the repository.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test says that it was skipped"
)]
pub fn real(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("COVERSLIP_TEST_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return path.canonicalize().ok();
    }
    eprintln!("skipped: the test data has no {name} (COVERSLIP_TEST_DATA says where it lies)");
    None
}
