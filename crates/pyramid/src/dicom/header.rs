use std::sync::Arc;

use dicom_dictionary_std::uids;
use dicom_objects::{DataSet, FileHead, encode_file, specimen};
use flow::{
    DeidentificationMethod, DicomUid, LevelNumber, Mpp, SlideId, SlideUids, TileGrid, TileOrigin,
};

use super::encapsulated::FrameTable;
use super::{acquisition, functional_groups, identity, matrix, optical_path};
use crate::PyramidError;
use crate::jpeg::FrameModel;

/// What the header of one level says beside its frames.
#[derive(Clone, Debug)]
pub(crate) struct InstanceFacts {
    pub(crate) slide: SlideId,
    pub(crate) uids: SlideUids,
    pub(crate) deidentified_by: Vec<DeidentificationMethod>,
    pub(crate) level: LevelNumber,
    pub(crate) grid: TileGrid,
    /// Micrometres per pixel of this level.
    pub(crate) mpp: Mpp,
    pub(crate) origin: TileOrigin,
    pub(crate) model: FrameModel,
    pub(crate) scanner: Option<String>,
    /// RGB of the glass; dark for fluorescence.
    pub(crate) background: [u8; 3],
    pub(crate) icc: Arc<[u8]>,
}

impl InstanceFacts {
    pub(super) fn instance_uid(&self) -> DicomUid {
        self.uids.level(&self.slide, self.level)
    }
}

/// Everything before the first frame. Its length depends on the facts and the number of frames
/// alone, so it can be written first with unknown lengths and once more when they are known.
pub(super) fn encode(facts: &InstanceFacts, frames: &FrameTable) -> Result<Vec<u8>, PyramidError> {
    let head = FileHead {
        sop_class: uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE,
        instance: &facts.instance_uid(),
        transfer_syntax: uids::JPEG_BASELINE8_BIT,
    };
    let mut out =
        encode_file(head, data_set(facts, frames)).map_err(PyramidError::dicom("encoded"))?;
    frames.write_tables(&mut out);
    Ok(out)
}

fn data_set(facts: &InstanceFacts, frames: &FrameTable) -> DataSet {
    identity::data_set(facts)
        .with(acquisition::data_set(facts))
        .with(specimen(&facts.slide))
        .with(optical_path::data_set(facts))
        .with(matrix::data_set(facts, frames))
        .with(functional_groups::data_set(facts))
}
