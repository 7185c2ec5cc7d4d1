use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_objects::{DataSet, patient_and_study, patient_identity_removed};
use flow::{DicomUid, UidRole};

use super::header::InstanceFacts;

/// Patient, study, series, frame of reference, equipment and SOP common modules. Nothing here
/// comes from a patient: what the standard lets be empty is empty.
pub(super) fn data_set(facts: &InstanceFacts) -> DataSet {
    patient_and_study(&facts.uids.study)
        .with(patient_identity_removed(&facts.deidentified_by))
        .with(series(facts))
        .with(equipment(facts))
        .with(instance(facts))
}

fn uid(facts: &InstanceFacts, role: UidRole) -> String {
    DicomUid::derive(&facts.slide, role).to_string()
}

fn series(facts: &InstanceFacts) -> DataSet {
    DataSet::new()
        .text(tags::MODALITY, VR::CS, "SM")
        .text(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            facts.uids.series.as_str(),
        )
        .text(tags::SERIES_NUMBER, VR::IS, "1")
        .text(
            tags::FRAME_OF_REFERENCE_UID,
            VR::UI,
            &uid(facts, UidRole::FrameOfReference),
        )
        .text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "SLIDE_CORNER")
        .text(tags::PYRAMID_UID, VR::UI, &uid(facts, UidRole::Pyramid))
}

/// The serial number is not passed on; the standard wants one all the same.
fn equipment(facts: &InstanceFacts) -> DataSet {
    let scanner: String = facts
        .scanner
        .as_deref()
        .unwrap_or("Unknown")
        .chars()
        .take(64)
        .collect();
    let scanner = scanner.replace('\\', "/");
    DataSet::new()
        .text(tags::MANUFACTURER, VR::LO, &scanner)
        .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, &scanner)
        .text(tags::DEVICE_SERIAL_NUMBER, VR::LO, "Unknown")
        .text(
            tags::SOFTWARE_VERSIONS,
            VR::LO,
            concat!("Coverslip ", env!("CARGO_PKG_VERSION")),
        )
}

fn instance(facts: &InstanceFacts) -> DataSet {
    let number = (u32::from(facts.level.0) + 1).to_string();
    DataSet::new()
        .text(
            tags::SOP_CLASS_UID,
            VR::UI,
            uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE,
        )
        .text(
            tags::SOP_INSTANCE_UID,
            VR::UI,
            facts.instance_uid().as_str(),
        )
        .text(tags::INSTANCE_NUMBER, VR::IS, &number)
}
