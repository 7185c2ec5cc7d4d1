//! Catalogs to test with.

use std::path::PathBuf;

use coverslip_catalog::{Catalog, CatalogError};
use flow::{Sha256Digest, SlideId};

/// A folder for one catalog.
pub(crate) struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    pub(crate) fn new() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        Ok(Self { folder })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("catalog.sqlite")
    }

    pub(crate) async fn open(&self) -> Result<Catalog, CatalogError> {
        Catalog::open(&self.path()).await
    }
}

pub(crate) fn id(n: u8) -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(&[n]))
}
