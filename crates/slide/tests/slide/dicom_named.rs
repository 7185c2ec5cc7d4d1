//! What a DICOM instance is called, whether or not it is a slide that can be opened.

use coverslip_slide::{DicomInstance, DicomMeta, SlideError, dicom_instance, dicom_meta};
use flow::DicomImageKind;

use crate::dicom_file::{DicomFile, JPEG_BASELINE, text};
use crate::{TestResult, open_bytes};

pub(crate) fn meta_of(bytes: &[u8]) -> Result<DicomMeta, SlideError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("the temporary file takes bytes");
    dicom_meta(file.path())
}

pub(crate) fn named(bytes: &[u8]) -> Result<DicomInstance, SlideError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("the temporary file takes bytes");
    dicom_instance(file.path())
}

type Change = fn(&mut DicomFile);

#[test]
fn an_instance_is_named_though_it_cannot_be_opened() -> TestResult {
    let changes: [(Change, DicomImageKind); 4] = [
        (|_| (), DicomImageKind::FullResolution),
        (
            |file| file.image_type = "ORIGINAL\\PRIMARY\\LABEL\\NONE",
            DicomImageKind::Label,
        ),
        (
            |file| file.organisation = "TILED_SPARSE",
            DicomImageKind::FullResolution,
        ),
        (
            |file| file.photometric = "PALETTE COLOR",
            DicomImageKind::FullResolution,
        ),
    ];
    for (change, kind) in changes {
        let mut file = DicomFile::jpeg(100, 70, 32);
        change(&mut file);
        let instance = named(&file.write())?;
        assert_eq!(instance.kind, kind);
        let uids = instance.uids;
        let uids = [&uids.study, &uids.series, &uids.level_zero].map(|uid| uid.as_str());
        assert_eq!(uids, ["2.25.3", "2.25.4", "2.25.1"]);
        assert_eq!(instance.container, None);
    }
    Ok(())
}

#[test]
fn a_slide_made_here_names_the_slide_it_was_made_of() -> TestResult {
    let id = "0123456789abcdef0123456789abcdef";
    let mut file = DicomFile::jpeg(64, 64, 32);
    file.before_pixels = text(0x0040, 0x0512, "LO", id);
    let instance = named(&file.write())?;
    assert_eq!(
        instance.container.map(|slide| slide.to_string()).as_deref(),
        Some(id)
    );
    let slide = open_bytes(&file.write())?;
    assert_eq!(slide.facts().dicom.as_ref(), Some(&instance));
    Ok(())
}

#[test]
fn any_dicom_file_says_what_it_is() -> TestResult {
    let mut file = DicomFile::jpeg(64, 64, 32);
    file.sop_class = "1.2.840.10008.5.1.4.1.1.2";
    let bytes = file.write();
    let meta = meta_of(&bytes)?;
    assert_eq!(meta.sop_class, "1.2.840.10008.5.1.4.1.1.2");
    assert_eq!(meta.sop_instance, "2.25.1");
    assert_eq!(meta.transfer_syntax, JPEG_BASELINE);
    assert!(matches!(named(&bytes), Err(SlideError::NotASlide { .. })));
    Ok(())
}

#[test]
fn what_is_no_dicom_or_not_whole_is_refused() {
    let whole = DicomFile::jpeg(100, 70, 32).write();
    for bytes in [&b""[..], b"garbage", &whole[132..], &[0; 500]] {
        assert!(matches!(meta_of(bytes), Err(SlideError::NotASlide { .. })));
    }
    assert!(meta_of(&whole[..140]).is_err());
    for kept in [140, 400, whole.len() / 2, whole.len() - 9] {
        assert!(named(&whole[..kept]).is_err(), "{kept}");
    }
}
