use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

const SHIPPED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../models/shipped/tasks/phantom-tumour"
);

/// Version 2.0.0 of the shipped task, which calls no slide a tumour: a folder made below `folder`.
pub fn next_version(folder: &Path) -> Result<PathBuf> {
    let made = folder.join("second");
    fs::create_dir(&made)?;
    for entry in fs::read_dir(SHIPPED)? {
        let entry = entry?;
        fs::copy(entry.path(), made.join(entry.file_name()))?;
    }
    let file = made.join("task.json");
    let mut task: Value = serde_json::from_slice(&fs::read(&file)?)?;
    task["version"] = json!("2.0.0");
    task["threshold"] = json!(0.999_999_9);
    fs::write(&file, serde_json::to_vec_pretty(&task)?)?;
    Ok(made)
}
