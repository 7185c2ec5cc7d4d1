use std::sync::Arc;

use flow::{LevelNumber, SlideId};
use http::Origin;
use moka::future::Cache;
use serde_json::{Map, Value, json};

use crate::data_set_json::data_set_json;
use crate::error::DicomwebError;
use crate::study::Instance;

/// Headers of instances asked for lately.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// A header without its colour profile, as JSON in memory.
const ABOUT_BYTES: u32 = 16 * 1024;

pub(crate) const ICC_PROFILE: &str = "00282000";
pub(crate) const PIXEL_DATA: &str = "7FE00010";
const OPTICAL_PATHS: &str = "00480105";

/// What stored instances say of themselves, in the DICOM JSON model without links.
pub(crate) struct Metadata {
    headers: Cache<(SlideId, LevelNumber), Arc<Map<String, Value>>>,
}

impl Metadata {
    pub(crate) fn new() -> Self {
        let headers = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_key, _header: &Arc<Map<String, Value>>| ABOUT_BYTES)
            .build();
        Self { headers }
    }

    /// Costs one range read, of the header, unless it was asked for lately.
    pub(crate) async fn of(
        &self,
        instance: &Instance,
    ) -> Result<Arc<Map<String, Value>>, DicomwebError> {
        let key = (instance.study.slide(), instance.level);
        self.headers
            .try_get_with(key, read(instance))
            .await
            .map_err(DicomwebError::Shared)
    }
}

/// `header` with the addresses of what is too large for it (PS3.18 section F.2.6).
///
/// The extended offset table is left out: it describes the file, and frames are asked for by number.
pub(crate) fn with_links(
    header: &Map<String, Value>,
    instance: &Instance,
    origin: Origin<'_>,
) -> Map<String, Value> {
    let mut linked = header.clone();
    let link = |attribute: &str| {
        let path = instance.path();
        json!({ "vr": "OB", "BulkDataURI": format!("{origin}{path}/bulkdata/{attribute}") })
    };
    let paths = linked
        .get_mut(OPTICAL_PATHS)
        .and_then(|sequence| sequence["Value"].as_array_mut());
    for path in paths.into_iter().flatten() {
        if let Some(profile) = path.get_mut(ICC_PROFILE) {
            *profile = link(ICC_PROFILE);
        }
    }
    linked.insert(PIXEL_DATA.to_owned(), link(PIXEL_DATA));
    linked
}

async fn read(instance: &Instance) -> Result<Arc<Map<String, Value>>, DicomwebError> {
    let bytes = instance.study.reader.header(instance.level).await?;
    let object = dicom_object::OpenFileOptions::new()
        .from_reader(&bytes[..])
        .map_err(|source| DicomwebError::Header {
            slide: instance.study.slide(),
            source: source.into(),
        })?;
    Ok(Arc::new(data_set_json(&object)))
}
