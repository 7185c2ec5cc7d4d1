use std::path::Path;

use dicom_object::FileMetaTable;

use crate::dicom::walk::file_meta;
use crate::error::SlideError;
use crate::source_file::SourceFile;

/// What a DICOM file says it is before anything else (PS3.10 section 7.1). Any file of DICOM has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DicomMeta {
    pub sop_class: String,
    pub sop_instance: String,
    pub transfer_syntax: String,
}

/// Reads the file meta information alone, whatever follows it.
///
/// # Errors
/// [`SlideError::NotASlide`] without the letters DICM, else that the file is damaged.
pub fn dicom_meta(path: &Path) -> Result<DicomMeta, SlideError> {
    let bytes = file_meta(&SourceFile::open(path)?)?;
    let meta = FileMetaTable::from_reader(&bytes[..]).map_err(|error| {
        SlideError::corrupt(format!("its DICOM file meta information: {error}"))
    })?;
    Ok(DicomMeta {
        sop_class: meta.media_storage_sop_class_uid().to_owned(),
        sop_instance: meta.media_storage_sop_instance_uid().to_owned(),
        transfer_syntax: meta.transfer_syntax().to_owned(),
    })
}
