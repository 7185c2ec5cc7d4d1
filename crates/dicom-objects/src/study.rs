use dicom_core::VR;
use dicom_dictionary_std::tags;
use flow::{DeidentificationMethod, DicomUid};

use crate::DataSet;

/// When a slide was scanned or a result computed is not passed on (a date can identify a patient),
/// but the standard wants a date: this one says "unknown".
pub const UNKNOWN_DATE: &str = "19000101";
pub const UNKNOWN_TIME: &str = "000000";

/// Patient and general study modules (PS3.3 sections C.7.1.1 and C.7.2.1), and the character set of
/// all that is written. Nothing here comes from a patient: what the standard lets be empty is empty.
pub fn patient_and_study(study: &DicomUid) -> DataSet {
    DataSet::new()
        .text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192")
        .unknown(&[
            (tags::PATIENT_NAME, VR::PN),
            (tags::PATIENT_ID, VR::LO),
            (tags::PATIENT_BIRTH_DATE, VR::DA),
            (tags::PATIENT_SEX, VR::CS),
            (tags::STUDY_DATE, VR::DA),
            (tags::STUDY_TIME, VR::TM),
            (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
            (tags::STUDY_ID, VR::SH),
            (tags::ACCESSION_NUMBER, VR::SH),
        ])
        .text(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str())
}

/// What the patient module says of a slide whose label was removed on request: by which methods (PS3.3
/// section C.7.1.1). Nothing where there are none.
pub fn patient_identity_removed(methods: &[DeidentificationMethod]) -> DataSet {
    if methods.is_empty() {
        return DataSet::new();
    }
    let terms = methods.iter().map(|method| DataSet::term(method.term()));
    DataSet::new()
        .text(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES")
        .text(
            tags::DEIDENTIFICATION_METHOD,
            VR::LO,
            r"Label and macro images removed\Header written anew without patient data",
        )
        .sequence(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE, terms)
}
