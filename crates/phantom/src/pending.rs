use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::PhantomError;

/// A file that takes its name only when whole; dropped before, it is gone.
pub(crate) struct Pending {
    file: NamedTempFile,
    name: PathBuf,
}

impl Pending {
    /// A nameless file in the folder of `name`.
    pub(crate) fn beside(name: &Path) -> Result<Self, PhantomError> {
        let folder = match name.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".phantom-")
            // As any new file: the user's umask takes away what it must.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(|source| write_error(name, source))?;
        Ok(Self {
            file,
            name: name.to_owned(),
        })
    }

    pub(crate) fn file(&self) -> &File {
        self.file.as_file()
    }

    pub(crate) fn error(&self, source: io::Error) -> PhantomError {
        write_error(&self.name, source)
    }

    /// Gives the file its name, in place of any older file.
    pub(crate) fn publish(self) -> Result<(), PhantomError> {
        self.file
            .persist(&self.name)
            .map(drop)
            .map_err(|error| write_error(&self.name, error.error))
    }
}

fn write_error(path: &Path, source: io::Error) -> PhantomError {
    PhantomError::Write {
        path: path.to_owned(),
        source,
    }
}
