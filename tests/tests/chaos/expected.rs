//! What an undisturbed run of the same slide leaves in storage.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use harness::run;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::installation::{Installation, Part};

/// The objects of a slide: their paths, and their digests where they must be the same whatever
/// happened on the way.
type Objects = BTreeMap<String, Option<[u8; 32]>>;

/// The objects of a slide that nothing befell.
pub(crate) struct Expected {
    objects: Objects,
    probability: Value,
}

impl Expected {
    /// Of a slide that went through the installation undisturbed.
    pub(crate) fn from(installation: &mut Installation) -> Result<Self> {
        let slide = installation.new_slide();
        let id = installation.push(slide)?;
        let cases = installation.server(Part::Cases);
        let row = cases.wait_for_state(&id, &["scored"])?;
        Ok(Self {
            objects: objects(&installation.objects_of(&id))?,
            probability: row["probability"].clone(),
        })
    }

    /// Waits until the slide is scored: its results must be the same, and nothing else left of it.
    pub(crate) fn check(&self, installation: &Installation, slide: &str) -> Result<()> {
        let cases = installation.server(Part::Cases);
        let row = cases.wait_for_state(slide, &["scored", "quarantined"])?;
        ensure!(row["status"]["state"] == "scored", "{row}");
        ensure!(row["probability"] == self.probability, "{row}");
        let all = cases.get_json(&format!("/api/v1/slides/{slide}/predictions"))?;
        let n_results = all["predictions"].as_array().map(Vec::len);
        ensure!(n_results == Some(1), "{n_results:?} results: {all}");
        let found = objects(&installation.objects_of(slide))?;
        ensure!(
            found == self.objects,
            "its objects are {:#?}, not {:#?}",
            found.keys(),
            self.objects.keys()
        );
        Ok(())
    }
}

/// The bag of the very same file, embedded offline in one go.
pub(crate) fn bag_of_one_run(slide: &[u8], id: &str) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("slide.tiff");
    fs::write(&file, slide)?;
    let data = folder.path().join("data");
    let finished = run([
        "analyze".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ])?;
    ensure!(finished.code == Some(0), "{finished:?}");
    bag(&data.join("objects/slides").join(id))
}

/// The header of the one bag of a slide.
pub(crate) fn bag(slide: &Path) -> Result<Vec<u8>> {
    let encoder = fs::read_dir(slide.join("bags"))?.next();
    let encoder = encoder.context("the slide has a bag")??.path();
    Ok(fs::read(encoder.join("bag.json"))?)
}

fn objects(slide: &Path) -> Result<Objects> {
    let mut found = Objects::new();
    collect(slide, slide, &mut found)?;
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Objects) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
            continue;
        }
        let name = path.strip_prefix(root)?.display().to_string();
        // Those in JSON and DICOM name their slide, which no other one has.
        let is_same = name.contains("/chunk-") || name.starts_with("predictions/");
        let is_same = is_same && name.ends_with(".bin");
        let digest = is_same.then(|| fs::read(&path).map(|bytes| Sha256::digest(bytes).into()));
        found.insert(name, digest.transpose()?);
    }
    Ok(())
}
