use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flow::{EncoderRef, HeadPrecision, Precision, Sha256Digest};
use tokio::task::spawn_blocking;

use super::SlideBag;
use crate::bag_files::{bag_files, slide_name};
use crate::encoder_choice::EncoderChoice;

/// A folder with one file of TRIDENT, CLAM or STAMP a slide, named after the slide.
pub(crate) struct FeatureFolder {
    encoder: EncoderRef,
    files: BTreeMap<String, PathBuf>,
}

impl FeatureFolder {
    pub(super) fn open(folder: &Path, encoder: Option<&str>) -> Result<Self> {
        let files = bag_files(folder).with_context(|| {
            format!(
                "{} is neither a data folder of `coverslip up` nor a folder of feature files",
                folder.display()
            )
        })?;
        let encoder = match encoder {
            Some(named) => EncoderChoice::parse(named, Precision::F32)?.encoder,
            None => stated_encoder(&files)?,
        };
        let by_name = files.into_iter().map(|file| (slide_name(&file), file));
        Ok(Self {
            encoder,
            files: by_name.collect(),
        })
    }

    pub(super) fn encoder(&self) -> &EncoderRef {
        &self.encoder
    }

    pub(super) fn n_bags(&self) -> usize {
        self.files.len()
    }

    pub(super) fn find(&self, slide: &str) -> Result<PathBuf, String> {
        let name = Path::new(slide).file_stem().unwrap_or_default();
        let found = self.files.get(slide);
        let found = found.or_else(|| self.files.get(&*name.to_string_lossy()));
        found.cloned().ok_or_else(|| {
            format!("there is no file `{slide}.h5` or `{slide}.pt`: correct the name, or take the row out")
        })
    }

    pub(super) async fn read(file: &Path) -> Result<SlideBag> {
        let file = file.to_owned();
        spawn_blocking(move || read(&file)).await?
    }
}

fn read(file: &Path) -> Result<SlideBag> {
    let failed = || format!("cannot read the bag {}", file.display());
    let bag = bags::read(file).with_context(failed)?;
    let values: Vec<u8> = bag
        .embeddings
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    Ok(SlideBag {
        digest: Sha256Digest::of(&values),
        dimension: u32::try_from(bag.dimension)?,
        // As an imported bag, whose embeddings nobody says the precision of.
        precision: HeadPrecision::F32,
        embeddings: bag.embeddings,
    })
}

/// What the first file says; the files of one folder are of one encoder.
fn stated_encoder(files: &[PathBuf]) -> Result<EncoderRef> {
    let stated = match files.first() {
        Some(file) => {
            let failed = || format!("cannot read the bag {}", file.display());
            bags::read(file).with_context(failed)?.encoder
        }
        None => None,
    };
    match stated {
        Some(name) => Ok(EncoderRef::of_name(&name)),
        None => bail!("the files do not say which encoder made them: name it by --encoder"),
    }
}
