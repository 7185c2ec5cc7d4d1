use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::settling::Stamp;

/// Scanners sort slides into folders by day or rack, not deeper.
const MAX_DEPTH: usize = 4;

/// Endings that programs give to files they have not finished.
const UNFINISHED: [&str; 5] = ["part", "partial", "tmp", "temp", "crdownload"];

/// All files below `folder` that could be slides. What vanishes meanwhile is left out; symbolic
/// links are not followed.
pub(super) fn list(folder: &Path) -> io::Result<Vec<(PathBuf, Stamp)>> {
    let mut found = Vec::new();
    let mut pending = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = pending.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(error),
            Err(_vanished) => continue,
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if is_unfinished(&path) {
                continue;
            }
            if metadata.is_dir() && depth < MAX_DEPTH {
                pending.push((path, depth + 1));
            } else if metadata.is_file() {
                let modified = metadata.modified()?;
                let n_bytes = metadata.len();
                found.push((path, Stamp { n_bytes, modified }));
            }
        }
    }
    Ok(found)
}

fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    name.starts_with(['.', '~']) || UNFINISHED.contains(&extension.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_and_unfinished_files_are_not_seen() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let rack = folder.path().join("rack 3");
        fs::create_dir(&rack)?;
        for name in [".hidden.svs", "a.svs.part", "b.TMP", "~c.svs"] {
            fs::write(folder.path().join(name), "x")?;
        }
        fs::write(rack.join("d.svs"), "four")?;
        std::os::unix::fs::symlink(rack.join("d.svs"), folder.path().join("link.svs"))?;
        let found = list(folder.path())?;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0].0, found[0].1.n_bytes), (&rack.join("d.svs"), 4));
        assert!(list(&folder.path().join("gone")).is_err());
        Ok(())
    }
}
