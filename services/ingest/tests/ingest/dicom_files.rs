//! DICOM slides as scanners send them, made of painted ones.

use std::error::Error;
use std::fs;
use std::path::Path;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::FileMetaTableBuilder;
use flow::{DicomUid, Sha256Digest, SlideId, SlideUids};
use pyramid::PyramidPlan;

use crate::lab::{no_decoder, small_phantom};

type Failure = Box<dyn Error>;

/// The instance of full resolution and the smaller levels of a painted slide, under these UIDs.
pub(crate) fn painted(uids: &SlideUids, seed: u64) -> Result<Vec<Vec<u8>>, Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("slide.tiff");
    small_phantom(&file, seed)?;
    let slide = slide::open(&file, &no_decoder())?;
    let plan = PyramidPlan {
        slide: SlideId::from_digest(&Sha256Digest::of(b"a slide of somebody else")),
        uids: uids.clone(),
        mpp: slide.facts().mpp.ok_or("a phantom has an mpp")?,
        jpeg_quality: 80,
        deidentified_by: Vec::new(),
    };
    let built = pyramid::build(&slide, &plan, folder.path(), &|_| {})?;
    let files = built.levels.iter().map(|level| fs::read(&level.file));
    Ok(files.collect::<Result<_, _>>()?)
}

/// Series `series` of a study that nobody else has.
pub(crate) fn uids(series: u8) -> Result<SlideUids, Failure> {
    Ok(SlideUids {
        study: "1.2.826.0.1.99.1".parse()?,
        series: format!("1.2.826.0.1.99.1.{series}").parse()?,
        level_zero: format!("1.2.826.0.1.99.1.{series}.1").parse()?,
    })
}

/// The same file with another text in one of its attributes.
pub(crate) fn with_text(file: &[u8], tag: Tag, vr: VR, text: &str) -> Result<Vec<u8>, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("instance.dcm");
    fs::write(&path, file)?;
    let mut object = dicom_object::open_file(&path)?;
    object.put(DataElement::new(tag, vr, text));
    object.write_to_file(&path)?;
    Ok(fs::read(&path)?)
}

/// A label with that barcode, as an instance of the same series, made of one of its levels.
pub(crate) fn label(level: &[u8], text: &str) -> Result<Vec<u8>, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("label.dcm");
    fs::write(&path, level)?;
    let mut object = dicom_object::open_file(&path)?;
    let picture = label::draw(label::Symbology::DataMatrix, text, 8)?;
    let (width, height) = (picture.size().width, picture.size().height);
    let uid = format!("{}.7", object.element(tags::SERIES_INSTANCE_UID)?.to_str()?);
    for tag in [
        tags::EXTENDED_OFFSET_TABLE,
        tags::EXTENDED_OFFSET_TABLE_LENGTHS,
    ] {
        object.remove_element(tag);
    }
    for (tag, vr, value) in [
        (
            tags::SOP_INSTANCE_UID,
            VR::UI,
            PrimitiveValue::from(uid.as_str()),
        ),
        (
            tags::IMAGE_TYPE,
            VR::CS,
            r"ORIGINAL\PRIMARY\LABEL\NONE".into(),
        ),
        (
            tags::PHOTOMETRIC_INTERPRETATION,
            VR::CS,
            "MONOCHROME2".into(),
        ),
        (tags::SAMPLES_PER_PIXEL, VR::US, 1_u16.into()),
        (tags::NUMBER_OF_FRAMES, VR::IS, "1".into()),
        (tags::TOTAL_PIXEL_MATRIX_COLUMNS, VR::UL, width.into()),
        (tags::TOTAL_PIXEL_MATRIX_ROWS, VR::UL, height.into()),
        (tags::COLUMNS, VR::US, u16::try_from(width)?.into()),
        (tags::ROWS, VR::US, u16::try_from(height)?.into()),
        (
            tags::PIXEL_DATA,
            VR::OB,
            PrimitiveValue::U8(picture.grey().into()),
        ),
    ] {
        object.put(DataElement::new(tag, vr, value));
    }
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(dicom_dictionary_std::uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(
            dicom_dictionary_std::uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE,
        )
        .media_storage_sop_instance_uid(uid);
    object.into_inner().with_meta(meta)?.write_to_file(&path)?;
    Ok(fs::read(&path)?)
}

/// The same bytes with each `old` replaced by a `new` of its length.
pub(crate) fn replaced(file: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut file = file.to_vec();
    let mut n_replaced = 0;
    for at in 0..file.len().saturating_sub(old.len()) {
        if file[at..].starts_with(old.as_bytes()) {
            file[at..at + old.len()].copy_from_slice(new.as_bytes());
            n_replaced += 1;
        }
    }
    assert!(n_replaced > 0, "{old} is not in the file");
    file
}

/// With a program in place of the preamble, as an attacker may.
pub(crate) fn with_preamble(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[..128].fill(b'!');
    file
}

pub(crate) fn sop_instance(file: &[u8], folder: &Path) -> Result<DicomUid, Failure> {
    let path = folder.join("named.dcm");
    fs::write(&path, file)?;
    Ok(slide::dicom_instance(&path)?.uids.level_zero)
}
