use std::sync::Arc;

use dicom_objects::data_set_json;
use flow::{LevelNumber, SlideId};
use http::Origin;
use moka::future::Cache;
use serde_json::{Map, Value, json};

use crate::error::DicomwebError;
use crate::study::{Instance, Level};

/// Headers of levels asked for lately.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// A header without its colour profile, as JSON in memory.
const ABOUT_BYTES: u32 = 16 * 1024;

pub(crate) const ICC_PROFILE: &str = "00282000";
pub(crate) const PIXEL_DATA: &str = "7FE00010";

/// What stored levels say of themselves, in the DICOM JSON model without links.
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
    pub(crate) async fn of(&self, level: &Level) -> Result<Arc<Map<String, Value>>, DicomwebError> {
        let key = (level.slide.id(), level.level);
        self.headers
            .try_get_with(key, read(level))
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
    let address = format!("{origin}{}/bulkdata", instance.path());
    let mut linked = header.clone();
    let has_pixels = linked.contains_key("00280010");
    link_within(&mut linked, &address, "");
    if has_pixels {
        linked.insert(
            PIXEL_DATA.to_owned(),
            json!({ "vr": pixel_vr(header), "BulkDataURI": format!("{address}/{PIXEL_DATA}") }),
        );
    }
    linked
}

/// Links colour profiles and lists of numbers, at any depth. What lies in a sequence goes by the
/// sequence's tag, the number of its item, and its own tag, with dots between them.
fn link_within(data_set: &mut Map<String, Value>, address: &str, within: &str) {
    for (tag, element) in data_set.iter_mut() {
        let vr = element["vr"].as_str().unwrap_or_default().to_owned();
        if tag == ICC_PROFILE || ["OF", "OD", "OL"].contains(&vr.as_str()) {
            // Every level has the same profile, which is asked for by its tag alone.
            let name = match tag == ICC_PROFILE {
                true => tag.clone(),
                false => format!("{within}{tag}"),
            };
            *element = json!({ "vr": vr, "BulkDataURI": format!("{address}/{name}") });
            continue;
        }
        let items = element.get_mut("Value").and_then(Value::as_array_mut);
        for (number, item) in (1..).zip(items.into_iter().flatten()) {
            if let Some(item) = item.as_object_mut() {
                link_within(item, address, &format!("{within}{tag}.{number}."));
            }
        }
    }
}

fn pixel_vr(header: &Map<String, Value>) -> &'static str {
    match header["00280100"]["Value"][0].as_u64() {
        Some(16) => "OW",
        _ => "OB",
    }
}

async fn read(level: &Level) -> Result<Arc<Map<String, Value>>, DicomwebError> {
    let bytes = level.slide.reader.header(level.level).await?;
    let object = dicom_object::OpenFileOptions::new()
        .from_reader(&bytes[..])
        .map_err(|source| DicomwebError::Header {
            slide: level.slide.id(),
            source: source.into(),
        })?;
    Ok(Arc::new(data_set_json(&object)))
}
