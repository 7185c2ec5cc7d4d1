use std::path::Path;

use crate::dicom::attributes::named;
use crate::dicom::fragments::check_fragments;
use crate::dicom::walk::{PixelPlace, walk};
use crate::error::SlideError;
use crate::facts::DicomInstance;
use crate::source_file::SourceFile;

/// What an instance of whole-slide microscopy is, a label or a part of a concatenation too, without
/// decoding anything of it. The file must be whole: its pixel data ends where it says.
///
/// # Errors
/// [`SlideError::NotASlide`] for another kind of DICOM, else that the file is truncated or damaged.
pub fn dicom_instance(path: &Path) -> Result<DicomInstance, SlideError> {
    let file = SourceFile::open(path)?;
    let walked = walk(&file)?;
    if let PixelPlace::Encapsulated(offset) = walked.pixels {
        check_fragments(&file, offset)?;
    }
    named(&walked.header)
}
