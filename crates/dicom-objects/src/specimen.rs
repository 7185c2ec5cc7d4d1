use dicom_core::VR;
use dicom_dictionary_std::tags;
use flow::{DicomUid, SlideId, UidRole};

use crate::DataSet;

/// The glass slide and the tissue on it (PS3.3 section C.7.6.22). Both are named by our slide id:
/// the barcode stays with the label image.
pub fn specimen(slide: &SlideId) -> DataSet {
    let uid = DicomUid::derive(slide, UidRole::Specimen);
    let slide = slide.to_string();
    let specimen = DataSet::new()
        .text(tags::SPECIMEN_IDENTIFIER, VR::LO, &slide)
        .text(tags::SPECIMEN_UID, VR::UI, uid.as_str())
        .unknown(&[
            (tags::ISSUER_OF_THE_SPECIMEN_IDENTIFIER_SEQUENCE, VR::SQ),
            (tags::SPECIMEN_PREPARATION_SEQUENCE, VR::SQ),
        ]);
    DataSet::new()
        .text(tags::CONTAINER_IDENTIFIER, VR::LO, &slide)
        .unknown(&[(tags::ISSUER_OF_THE_CONTAINER_IDENTIFIER_SEQUENCE, VR::SQ)])
        .code(
            tags::CONTAINER_TYPE_CODE_SEQUENCE,
            ["433466003", "SCT", "Microscope slide"],
        )
        .sequence(tags::SPECIMEN_DESCRIPTION_SEQUENCE, [specimen])
}
