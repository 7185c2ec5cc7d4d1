use std::path::Path;

use dicom_dictionary_std::uids;
use flow::{DicomImageKind, DicomUid, TileOrigin};
use slide::{DecoderCommand, DicomInstance, DicomMeta, SlideError};

use super::refusal::{InstanceName, Reason, Refused};

/// Whose data sets are in another encoding than the one that is read here.
const OTHER_ENCODINGS: [&str; 3] = [
    uids::IMPLICIT_VR_LITTLE_ENDIAN,
    uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    // Big-endian, which is retired.
    "1.2.840.10008.1.2.2",
];

/// An instance that can be stored.
#[derive(Clone, Debug)]
pub(super) struct Inspected {
    pub(super) instance: DicomInstance,
    pub(super) name: InstanceName,
    /// Of its frames as a slide, where it is one.
    pub(super) slide: Option<TileOrigin>,
}

/// Looks at a received file without decoding it; `study` is the one it must be of.
///
/// Reads the file: not for an async thread.
///
/// # Errors
/// If the file cannot be read, which is not its fault.
pub(super) fn inspect(
    path: &Path,
    decoder: &DecoderCommand,
    study: Option<&DicomUid>,
) -> Result<Result<Inspected, Refused>, SlideError> {
    let meta = match slide::dicom_meta(path) {
        Ok(meta) => meta,
        Err(error @ SlideError::Io { .. }) => return Err(error),
        Err(_) => {
            return Ok(Err(Refused {
                reason: Reason::CannotUnderstand,
                name: None,
            }));
        }
    };
    let looked_at = inspect_image(path, decoder, &meta, study)?;
    let name = name_of(&meta);
    Ok(match looked_at {
        Ok((instance, slide)) => Ok(Inspected {
            instance,
            name,
            slide,
        }),
        Err(reason) => Err(Refused {
            reason,
            name: Some(name),
        }),
    })
}

type Looked = Result<(DicomInstance, Option<TileOrigin>), Reason>;

fn inspect_image(
    path: &Path,
    decoder: &DecoderCommand,
    meta: &DicomMeta,
    study: Option<&DicomUid>,
) -> Result<Looked, SlideError> {
    if meta.sop_class != uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE {
        return Ok(Err(Reason::SopClass));
    }
    if OTHER_ENCODINGS.contains(&meta.transfer_syntax.as_str()) {
        return Ok(Err(Reason::TransferSyntax));
    }
    let instance = match slide::dicom_instance(path) {
        Ok(instance) => instance,
        Err(error @ SlideError::Io { .. }) => return Err(error),
        Err(SlideError::NotASlide { .. }) => return Ok(Err(Reason::Contradiction)),
        Err(_) => return Ok(Err(Reason::CannotUnderstand)),
    };
    if instance.uids.level_zero.as_str() != meta.sop_instance {
        return Ok(Err(Reason::Contradiction));
    }
    if study.is_some_and(|study| *study != instance.uids.study) {
        return Ok(Err(Reason::OtherStudy));
    }
    if instance.kind != DicomImageKind::FullResolution {
        return Ok(Ok((instance, None)));
    }
    Ok(match slide::open(path, decoder) {
        Ok(slide) => Ok((instance, Some(slide.origin()))),
        Err(error @ SlideError::Io { .. }) => return Err(error),
        Err(SlideError::Unsupported { .. }) if is_other_compression(meta) => {
            Err(Reason::TransferSyntax)
        }
        Err(SlideError::Unsupported { .. }) => Err(Reason::NoSlide),
        Err(_) => Err(Reason::CannotUnderstand),
    })
}

fn is_other_compression(meta: &DicomMeta) -> bool {
    let read_here = [uids::JPEG_BASELINE8_BIT, uids::EXPLICIT_VR_LITTLE_ENDIAN];
    !read_here.contains(&meta.transfer_syntax.as_str())
}

/// What is no UID is not repeated: it may be anything.
fn name_of(meta: &DicomMeta) -> InstanceName {
    let uid = |text: &str| {
        let uid = text.parse::<DicomUid>().ok();
        uid.map(|uid| uid.to_string()).unwrap_or_default()
    };
    InstanceName {
        sop_class: uid(&meta.sop_class),
        sop_instance: uid(&meta.sop_instance),
    }
}
