use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flow::{EncoderRef, HeadPrecision, Precision, Sha256Digest, SlideId};
use store::Bag;
use store::Store;

use super::SlideBag;
use crate::encoder_choice::EncoderChoice;
use crate::installation::Installation;
use crate::slide_names::SlideNames;

/// The bags of one encoder in an installation.
pub(crate) struct DataFolder {
    store: Store,
    encoder: EncoderRef,
    embedded: HashSet<SlideId>,
    names: SlideNames,
}

impl DataFolder {
    pub(crate) fn is_one(folder: &Path) -> bool {
        folder.join("catalog.sqlite").is_file()
    }

    pub(super) async fn open(
        folder: &Path,
        encoder: Option<&str>,
        precision: Precision,
    ) -> Result<Self> {
        let Installation { store, catalog, .. } = Installation::open(folder).await?;
        let encoder = EncoderChoice::of(encoder, precision)?.encoder;
        let names = SlideNames::read(&catalog).await?;
        let embedded = names.with_bag(&store, encoder.hash).await?;
        let found = Self {
            store,
            encoder,
            embedded: embedded.into_iter().collect(),
            names,
        };
        ensure!(
            !found.embedded.is_empty(),
            "{} holds no bag of encoder `{}`: embed its slides with `coverslip analyze` or \
             `coverslip embed`, or name the encoder they were embedded with by --encoder, and its \
             precision by --precision, which is {precision} now",
            folder.display(),
            found.encoder.name
        );
        Ok(found)
    }

    pub(super) fn encoder(&self) -> &EncoderRef {
        &self.encoder
    }

    pub(super) fn n_bags(&self) -> usize {
        self.embedded.len()
    }

    pub(super) fn find(&self, name: &str) -> Result<SlideId, String> {
        let id = self.names.find(name)?;
        if self.embedded.contains(&id) {
            return Ok(id);
        }
        Err(format!(
            "slide {id} has no bag of encoder `{}`: run `coverslip embed {id}`, or take the row out",
            self.encoder.name
        ))
    }

    pub(super) async fn read(&self, slide: SlideId) -> Result<SlideBag> {
        let bag = Bag::read(&self.store, slide, self.encoder.hash)
            .await
            .with_context(|| format!("cannot read the bag of slide {slide}"))?;
        Ok(SlideBag {
            // The header names the sha256 of every chunk.
            digest: Sha256Digest::of(&serde_json::to_vec(&bag.header)?),
            dimension: bag.header.dimension,
            precision: HeadPrecision::of_bag(bag.header.precision),
            embeddings: bag.embeddings,
        })
    }
}
