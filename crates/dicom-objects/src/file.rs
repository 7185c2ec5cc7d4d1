use dicom_object::FileMetaTableBuilder;
use dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN;
use flow::DicomUid;
use thiserror::Error;

use crate::DataSet;

/// Names this software in the file meta information; made once, from a random UUID (PS3.5 B.2).
const IMPLEMENTATION_CLASS: &str = "2.25.2355193019615675386111180560915685677";
const IMPLEMENTATION_VERSION: &str = "COVERSLIP";

#[derive(Debug, Error)]
#[error("a DICOM file could not be encoded")]
pub struct EncodeError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// What stands before a data set in a file.
#[derive(Clone, Copy, Debug)]
pub struct FileHead<'a> {
    pub sop_class: &'static str,
    pub instance: &'a DicomUid,
    /// Of the pixels: the data set itself is explicit VR little endian.
    pub transfer_syntax: &'static str,
}

/// A DICOM file (PS3.10 section 7): an empty preamble, the file meta information, the data set.
pub fn encode_file(head: FileHead<'_>, data_set: DataSet) -> Result<Vec<u8>, EncodeError> {
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(head.sop_class)
        .media_storage_sop_instance_uid(head.instance.as_str())
        .transfer_syntax(head.transfer_syntax)
        .implementation_class_uid(IMPLEMENTATION_CLASS)
        .implementation_version_name(IMPLEMENTATION_VERSION)
        .build()
        .and_then(|meta| meta.write(&mut out))
        .map_err(|source| EncodeError(source.into()))?;
    data_set
        .into_object()
        .write_dataset_with_ts(&mut out, &EXPLICIT_VR_LITTLE_ENDIAN.erased())
        .map_err(|source| EncodeError(source.into()))?;
    Ok(out)
}
