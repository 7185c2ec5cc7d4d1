use std::sync::Arc;

use bytes::Bytes;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_objects::{
    CellPicture, DataSet, FileHead, ResultObject, annotations, data_set_json, encode_file,
    map_picture, parametric_map, report, segmentation, segmentation_picture,
};
use flow::{Heatmap, HeatmapLayer, ObjectKey, PixelSize, TileGrid};
use moka::future::Cache;
use serde_json::{Map, Value};
use store::Store;

use super::ToldInstance;
use crate::error::DicomwebError;
use crate::media::EXPLICIT_LITTLE_ENDIAN;

/// Objects asked for lately; a map of a 100,000 px slide has 0.3 MB.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// A header as JSON in memory.
const ABOUT_BYTES: u32 = 16 * 1024;

/// An instance that tells of a result.
pub(crate) struct Made {
    /// As a DICOM file.
    pub(crate) file: Bytes,
    /// What it says, in the DICOM JSON model, without pixels.
    pub(crate) header: Arc<Map<String, Value>>,
    /// The samples, where it is an image.
    pub(crate) pixels: Option<Pixels>,
}

/// Uncompressed frames, one after another.
pub(crate) struct Pixels {
    pub(crate) bytes: Bytes,
    pub(crate) grid: TileGrid,
    bits: u64,
}

/// Makes them; those asked for lately are kept. However many ask for one at once, it is made once.
pub(crate) struct MadeObjects {
    store: Store,
    kept: Cache<String, Arc<Made>>,
}

impl MadeObjects {
    pub(crate) fn new(store: Store) -> Self {
        let kept = Cache::builder()
            .max_capacity(MAX_BYTES)
            .weigher(|_uid, made: &Arc<Made>| {
                let n_bytes = u32::try_from(made.file.len()).unwrap_or(u32::MAX);
                n_bytes.saturating_add(ABOUT_BYTES)
            })
            .build();
        Self { store, kept }
    }

    pub(crate) async fn of(&self, instance: &ToldInstance) -> Result<Arc<Made>, DicomwebError> {
        self.kept
            .try_get_with(instance.uid().to_string(), self.make(instance))
            .await
            .map_err(DicomwebError::Shared)
    }

    /// Drawn in its colours, one pixel a cell.
    pub(crate) async fn picture(
        &self,
        instance: &ToldInstance,
    ) -> Result<CellPicture, DicomwebError> {
        let layer = instance.layer().ok_or(DicomwebError::NoPicture)?;
        let heatmap = self.heatmap(instance, layer).await?;
        let instance = instance.clone();
        let draw = move || match instance.object {
            ResultObject::Map(layer) => map_picture(layer, &heatmap),
            _ => segmentation_picture(&instance.result.told(), &heatmap),
        };
        Ok(tokio::task::spawn_blocking(draw).await?)
    }

    async fn make(&self, instance: &ToldInstance) -> Result<Arc<Made>, DicomwebError> {
        let heatmap = match instance.layer() {
            Some(layer) => Some(self.heatmap(instance, layer).await?),
            None => None,
        };
        let instance = instance.clone();
        let make = move || made(&instance, heatmap.as_ref());
        Ok(Arc::new(tokio::task::spawn_blocking(make).await??))
    }

    async fn heatmap(
        &self,
        instance: &ToldInstance,
        layer: HeatmapLayer,
    ) -> Result<Heatmap, DicomwebError> {
        let name = instance.result.prediction.name();
        let bytes = self
            .store
            .get(&ObjectKey::Heatmap(instance.slide(), name, layer))
            .await?;
        Ok(Heatmap::decode(&bytes)?)
    }
}

fn made(instance: &ToldInstance, heatmap: Option<&Heatmap>) -> Result<Made, DicomwebError> {
    let data_set = data_set(instance, heatmap)?;
    let mut header = data_set_json(data_set.as_object());
    header.remove(&dicom_objects::tag_text(tags::PIXEL_DATA));
    let pixels = Pixels::of(data_set.as_object());
    let head = FileHead {
        sop_class: instance.object.sop_class(),
        instance: &instance.uid(),
        transfer_syntax: EXPLICIT_LITTLE_ENDIAN,
    };
    Ok(Made {
        file: encode_file(head, data_set)?.into(),
        header: Arc::new(header),
        pixels,
    })
}

fn data_set(instance: &ToldInstance, heatmap: Option<&Heatmap>) -> Result<DataSet, DicomwebError> {
    let told = instance.result.told();
    let data_set = match (instance.object, heatmap) {
        (ResultObject::Map(layer), Some(heatmap)) => Some(parametric_map(&told, layer, heatmap)?),
        (ResultObject::Segmentation, Some(heatmap)) => Some(segmentation(&told, heatmap)),
        (ResultObject::Annotations, _) => annotations(&told),
        (ResultObject::Report, _) => Some(report(&told, None)),
        (ResultObject::SignedReport(case, version), _) => {
            let signatures = &instance.result.signatures;
            let signature = signatures
                .iter()
                .find(|by| (by.case, by.version) == (case, version));
            signature.map(|signature| report(&told, Some(signature)))
        }
        (ResultObject::Map(_) | ResultObject::Segmentation, None) => None,
    };
    data_set.ok_or(DicomwebError::NoSuchInstance)
}

impl Pixels {
    fn of(object: &InMemDicomObject) -> Option<Self> {
        let number = |tag: Tag| object.get(tag)?.to_int::<u32>().ok();
        let level = PixelSize::new(
            number(tags::TOTAL_PIXEL_MATRIX_COLUMNS)?,
            number(tags::TOTAL_PIXEL_MATRIX_ROWS)?,
        );
        let tile = PixelSize::new(number(tags::COLUMNS)?, number(tags::ROWS)?);
        let bytes = object.get(tags::PIXEL_DATA)?.to_bytes().ok()?;
        Some(Self {
            bytes: Bytes::from(bytes.into_owned()),
            grid: TileGrid::new(level, tile),
            bits: u64::from(number(tags::BITS_ALLOCATED)?),
        })
    }

    /// Frames count from 1.
    pub(crate) fn frame(&self, number: u32) -> Result<Bytes, DicomwebError> {
        let n_frames = self.grid.n_tiles();
        if number == 0 || u64::from(number) > n_frames {
            return Err(DicomwebError::NoSuchFrame {
                number,
                n_frames: n_frames as usize,
            });
        }
        // A frame is as wide as whole bytes.
        let n_bytes = (self.grid.tile.area() * self.bits / 8) as usize;
        let start = (number as usize - 1) * n_bytes;
        Ok(self.bytes.slice(start..start + n_bytes))
    }
}
