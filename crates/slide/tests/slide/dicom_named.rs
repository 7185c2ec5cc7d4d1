//! What a DICOM instance is called, whether or not it is a slide that can be opened.

use coverslip_slide::{
    DicomInstance, DicomMeta, SlideError, dicom_instance, dicom_meta, dicom_picture,
};
use flow::{DicomImageKind, LabelText};

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
fn a_container_names_the_slide_where_the_scanner_was_told_its_case() -> TestResult {
    let made_here = "0123456789abcdef0123456789abcdef";
    for (accession, container, barcode) in [
        (Some("S26-1"), "S26-1 A1", Some("S26-1 A1")),
        (Some("S26-1"), made_here, None),
        (None, "S26-1 A1", None),
    ] {
        let told = accession.map(|accession| text(0x0008, 0x0050, "SH", accession));
        let mut file = DicomFile::jpeg(64, 64, 32);
        file.before_pixels = told.unwrap_or_default();
        file.before_pixels
            .extend(text(0x0040, 0x0512, "LO", container));
        let slide = open_bytes(&file.write())?;
        let named = &slide.facts().named;
        let words = |name: &Option<LabelText>| name.as_ref().map(|n| n.reveal().to_owned());
        assert_eq!(words(&named.accession).as_deref(), accession);
        assert_eq!(words(&named.barcode).as_deref(), barcode);
        assert!(!format!("{named:?}").contains("S26"));
    }
    Ok(())
}

fn picture_of(bytes: &[u8]) -> Result<Vec<u8>, SlideError> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("the temporary file takes bytes");
    dicom_picture(file.path())
}

#[test]
fn a_label_of_one_frame_is_a_picture_and_no_slide() -> TestResult {
    let mut label = DicomFile::jpeg(32, 32, 32);
    label.image_type = "ORIGINAL\\PRIMARY\\LABEL\\NONE";
    assert!(open_bytes(&label.write()).is_err());
    let jpeg = picture_of(&label.write())?;
    assert!(jpeg.starts_with(&[0xff, 0xd8]));
    let mut tiled = DicomFile::jpeg(64, 64, 32);
    tiled.image_type = label.image_type;
    let refused = picture_of(&tiled.write());
    assert!(
        matches!(refused, Err(SlideError::Unsupported { .. })),
        "{refused:?}"
    );
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
