use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use catalog::{Catalog, FileName, Page, SlideRow};
use flow::{EncoderRef, ObjectKey, Sha256Digest, SlideId};
use mil_worker::Bag;
use store::Store;

use super::SlideBag;
use crate::installation::{Installation, encoder_reference};

/// Slides in one page of the catalog.
const PAGE: u32 = 1000;

/// The bags of one encoder in an installation.
pub(crate) struct DataFolder {
    store: Store,
    encoder: EncoderRef,
    embedded: HashSet<SlideId>,
    /// Slides by their file's name, with and without its ending.
    by_name: HashMap<String, Vec<SlideId>>,
    known: HashSet<SlideId>,
}

impl DataFolder {
    pub(super) async fn open(folder: &Path, encoder: Option<&Path>) -> Result<Self> {
        ensure!(
            folder.join("catalog.sqlite").is_file(),
            "{} is no data folder: give the one that `coverslip up` or `coverslip analyze` keeps",
            folder.display()
        );
        let installation = Installation::open(folder).await?;
        let mut found = Self {
            store: installation.store,
            encoder: encoder_reference(encoder)?,
            embedded: HashSet::new(),
            by_name: HashMap::new(),
            known: HashSet::new(),
        };
        found.look_up(&installation.catalog).await?;
        ensure!(
            !found.embedded.is_empty(),
            "{} holds no bag of encoder `{}`: embed its slides with `coverslip analyze` or \
             `coverslip embed`, or name the encoder they were embedded with by --encoder",
            folder.display(),
            found.encoder.name
        );
        Ok(found)
    }

    async fn look_up(&mut self, catalog: &Catalog) -> Result<()> {
        let mut after = None;
        loop {
            let page = Page { after, limit: PAGE };
            let rows = catalog.slides(page).await?;
            for row in &rows {
                self.add(row).await?;
            }
            match rows.last() {
                Some(last) => after = Some(last.id),
                None => return Ok(()),
            }
        }
    }

    async fn add(&mut self, row: &SlideRow) -> Result<()> {
        let key = ObjectKey::Bag(row.id, self.encoder.hash);
        if self.store.exists(&key).await? {
            self.embedded.insert(row.id);
        }
        self.known.insert(row.id);
        let name = row.file_name.as_ref().map(FileName::reveal);
        for name in name.iter().flat_map(|name| names_of(name)) {
            let same = self.by_name.entry(name.to_owned()).or_default();
            same.push(row.id);
        }
        Ok(())
    }

    pub(super) fn encoder(&self) -> &EncoderRef {
        &self.encoder
    }

    pub(super) fn n_bags(&self) -> usize {
        self.embedded.len()
    }

    pub(super) fn find(&self, name: &str) -> Result<SlideId, String> {
        let id = match name.parse() {
            Ok(id) if self.known.contains(&id) => id,
            _ => self.by_file_name(name)?,
        };
        if self.embedded.contains(&id) {
            return Ok(id);
        }
        Err(format!(
            "slide {id} has no bag of encoder `{}`: run `coverslip embed {id}`, or take the row out",
            self.encoder.name
        ))
    }

    fn by_file_name(&self, name: &str) -> Result<SlideId, String> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([id]) => Ok(*id),
            Some(several) => Err(format!(
                "{} slides were pushed under this file name: write the slide's id",
                several.len()
            )),
            None => Err(
                "there is no such slide in the data folder: push it first, or correct its \
                         id or file name"
                    .to_owned(),
            ),
        }
    }

    pub(super) async fn read(&self, slide: SlideId) -> Result<SlideBag> {
        let bag = Bag::read(&self.store, slide, self.encoder.hash)
            .await
            .with_context(|| format!("cannot read the bag of slide {slide}"))?;
        Ok(SlideBag {
            // The header names the sha256 of every chunk.
            digest: Sha256Digest::of(&serde_json::to_vec(&bag.header)?),
            dimension: bag.header.dimension,
            embeddings: bag.embeddings,
        })
    }
}

/// A file's name with and without its ending.
fn names_of(name: &str) -> impl Iterator<Item = &str> {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str());
    std::iter::once(name).chain(stem.filter(|stem| *stem != name))
}
