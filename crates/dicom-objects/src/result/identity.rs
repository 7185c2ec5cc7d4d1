use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use flow::{DicomUid, UidRole};

use super::{ResultObject, Told};
use crate::{DataSet, UNKNOWN_DATE, UNKNOWN_TIME, patient_and_study};

/// Patient, study, series, equipment and SOP common modules of one object.
pub(super) fn identity(told: &Told<'_>, object: ResultObject) -> DataSet {
    patient_and_study(&told.uids.study)
        .with(series(told, object))
        .with(equipment(told))
        .text(tags::SOP_CLASS_UID, VR::UI, object.sop_class())
        .text(
            tags::SOP_INSTANCE_UID,
            VR::UI,
            object.uid(told.slide(), &told.digest()).as_str(),
        )
        .text(tags::INSTANCE_NUMBER, VR::IS, &object.number().to_string())
        .text(tags::CONTENT_DATE, VR::DA, UNKNOWN_DATE)
        .text(tags::CONTENT_TIME, VR::TM, UNKNOWN_TIME)
}

fn series(told: &Told<'_>, object: ResultObject) -> DataSet {
    let series = object.series();
    DataSet::new()
        .text(tags::MODALITY, VR::CS, series.modality())
        .text(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            series.uid(told.slide(), &told.digest()).as_str(),
        )
        .text(tags::SERIES_NUMBER, VR::IS, &series.number().to_string())
        .words(tags::SERIES_DESCRIPTION, &told.title())
}

/// Of a task the serial number is what tells it from every other.
fn equipment(told: &Told<'_>) -> DataSet {
    let task = &told.prediction.task;
    DataSet::new()
        .text(tags::MANUFACTURER, VR::LO, "Coverslip")
        .words(tags::MANUFACTURER_MODEL_NAME, task.id.as_str())
        .text(tags::DEVICE_SERIAL_NUMBER, VR::LO, &task.hash.to_string())
        .text(
            tags::SOFTWARE_VERSIONS,
            VR::LO,
            concat!("Coverslip ", env!("CARGO_PKG_VERSION")),
        )
}

/// In the slide's own frame of reference.
pub(super) fn frame_of_reference(told: &Told<'_>) -> DataSet {
    let uid = DicomUid::derive(told.slide(), UidRole::FrameOfReference);
    DataSet::new()
        .text(tags::FRAME_OF_REFERENCE_UID, VR::UI, uid.as_str())
        .text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "SLIDE_CORNER")
}

/// The slide's level 0, which all coordinates are of.
pub(super) fn level_zero(told: &Told<'_>) -> DataSet {
    let uid = &told.uids.level_zero;
    DataSet::new()
        .text(
            tags::REFERENCED_SOP_CLASS_UID,
            VR::UI,
            uids::VL_WHOLE_SLIDE_MICROSCOPY_IMAGE_STORAGE,
        )
        .text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, uid.as_str())
}

/// Common instance reference module (PS3.3 section C.12.2).
pub(super) fn referenced_series(told: &Told<'_>) -> DataSet {
    let series =
        slide_series(told).sequence(tags::REFERENCED_INSTANCE_SEQUENCE, [level_zero(told)]);
    DataSet::new().sequence(tags::REFERENCED_SERIES_SEQUENCE, [series])
}

/// The UID of the slide's own series.
pub(super) fn slide_series(told: &Told<'_>) -> DataSet {
    DataSet::new().text(tags::SERIES_INSTANCE_UID, VR::UI, told.uids.series.as_str())
}
