//! A task on disk: `task.json`, and the weights of its heads unless it is a service.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use mil::{AnyTask, AnyTaskFile, ServiceTask, Task};

use crate::files;

/// The folder of installed tasks below a data folder.
pub(crate) fn installed_in(data: &Path) -> PathBuf {
    data.join("tasks")
}

/// The folder of tasks that was asked for, else that of the data folder.
pub(crate) fn chosen(asked_for: Option<&Path>, data: &Path) -> PathBuf {
    asked_for.map_or_else(|| installed_in(data), Path::to_owned)
}

/// Reads and checks a task.
pub(crate) fn read(folder: &Path) -> Result<AnyTask> {
    let json = files::read(&folder.join("task.json"))?;
    let no_task = || format!("{} holds no task", folder.display());
    match AnyTaskFile::parse(&json).with_context(no_task)? {
        AnyTaskFile::Service(file) => {
            let task = ServiceTask::new(*file).with_context(no_task)?;
            Ok(task.into())
        }
        AnyTaskFile::Heads(file) => {
            let names = file.head_names();
            let heads = names.iter().map(|name| files::read(&folder.join(name)));
            let heads: Vec<Vec<u8>> = heads.collect::<Result<_>>()?;
            let task = Task::load(&json, &heads).with_context(no_task)?;
            Ok(task.into())
        }
    }
}

/// Folders that should hold a task, by name. What begins with a dot is in the making.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let cannot = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// What became of a task to be installed.
pub(crate) enum Installed {
    New(PathBuf),
    /// The very same task is there.
    Known(PathBuf),
}

/// Copies a checked task below `tasks`, whole or not at all.
///
/// # Errors
/// If `folder` holds no task, or another one of the same version is there: its results would be
/// taken for this one's.
pub(crate) fn install(folder: &Path, tasks: &Path) -> Result<Installed> {
    let task = read(folder)?;
    let reference = task.reference();
    let name = format!("{}-{}", reference.id, reference.version);
    let target = tasks.join(&name);
    if target.exists() {
        ensure!(
            read(&target)?.reference() == reference,
            "another task {} {} is installed: give this one a new version",
            reference.id,
            reference.version
        );
        return Ok(Installed::Known(target));
    }
    let cannot = || format!("cannot install to {}", target.display());
    fs::create_dir_all(tasks).with_context(cannot)?;
    let part = tempfile::Builder::new()
        .prefix(".installing-")
        .tempdir_in(tasks)
        .with_context(cannot)?;
    let mut names = task.head_names();
    names.push("task.json".to_owned());
    for name in names {
        fs::copy(folder.join(&name), part.path().join(&name)).with_context(cannot)?;
    }
    fs::rename(part.path(), &target).with_context(cannot)?;
    Ok(Installed::New(target))
}
