use std::io::Write;
use std::sync::Arc;

use dicom_dictionary_std::uids;
use dicom_object::FileMetaTableBuilder;
use dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN;
use flow::{DicomUid, LevelNumber, Mpp, SlideId, TileGrid, TileOrigin, UidRole};

use super::data_set::DataSet;
use super::encapsulated::FrameTable;
use super::{acquisition, functional_groups, identity, matrix, optical_path, specimen};
use crate::PyramidError;
use crate::jpeg::FrameModel;

/// Names this software in the file meta information; made once, from a random UUID (PS3.5 B.2).
const IMPLEMENTATION_CLASS: &str = "2.25.2355193019615675386111180560915685677";
const IMPLEMENTATION_VERSION: &str = "COVERSLIP";

/// What the header of one level says beside its frames.
#[derive(Clone, Debug)]
pub(crate) struct InstanceFacts {
    pub(crate) slide: SlideId,
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

/// Everything before the first frame. Its length depends on the facts and the number of frames
/// alone, so it can be written first with unknown lengths and once more when they are known.
pub(super) fn encode(facts: &InstanceFacts, frames: &FrameTable) -> Result<Vec<u8>, PyramidError> {
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    write_meta(facts, &mut out)?;
    data_set(facts, frames)
        .into_object()
        .write_dataset_with_ts(&mut out, &EXPLICIT_VR_LITTLE_ENDIAN.erased())
        .map_err(PyramidError::dicom("encoded"))?;
    frames.write_tables(&mut out);
    Ok(out)
}

fn write_meta(facts: &InstanceFacts, out: &mut impl Write) -> Result<(), PyramidError> {
    let instance = DicomUid::derive(&facts.slide, UidRole::Level(facts.level));
    FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(instance.as_str())
        .transfer_syntax(uids::JPEG_BASELINE8_BIT)
        .implementation_class_uid(IMPLEMENTATION_CLASS)
        .implementation_version_name(IMPLEMENTATION_VERSION)
        .build()
        .and_then(|meta| meta.write(out))
        .map_err(PyramidError::dicom("encoded"))
}

fn data_set(facts: &InstanceFacts, frames: &FrameTable) -> DataSet {
    identity::data_set(facts)
        .with(acquisition::data_set(facts))
        .with(specimen::data_set(facts))
        .with(optical_path::data_set(facts))
        .with(matrix::data_set(facts, frames))
        .with(functional_groups::data_set(facts))
}
