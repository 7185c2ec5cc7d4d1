mod files;
mod limits;
mod system_calls;

use std::io;
use std::path::Path;

use crate::facts::Confinement;

/// Locks this process in for good: limits on memory, time and files, then the files it may read,
/// then the system calls it may make. Where the kernel lacks a feature the answer says so.
///
/// # Errors
/// When the limits cannot be set.
pub fn confine(slide: &Path) -> io::Result<Confinement> {
    limits::set()?;
    Ok(Confinement {
        file_system: files::restrict(slide),
        system_calls: system_calls::restrict(),
    })
}
