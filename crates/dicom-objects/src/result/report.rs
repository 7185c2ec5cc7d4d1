use dicom_core::VR;
use dicom_dictionary_std::tags;
use flow::{DicomUid, UidRole};

use super::content_item::{
    CONTAINS, HAS_CONCEPT_MODIFIER, HAS_CONTEXT, code, container, image, number, person, root,
    text, uid,
};
use super::identity::{identity, level_zero, slide_series};
use super::signature::Signature;
use super::{ResultObject, Told, algorithm, findings};
use crate::DataSet;

/// What the task says of the slide as a Comprehensive 3D SR of template 1500 (PS3.16): call,
/// probability, grade, and which model it was.
///
/// Without a signature it is partial, preliminary and unverified. With one it is complete, final and
/// verified, takes the preliminary one's place, and also says what the person signed.
pub fn report(told: &Told<'_>, signature: Option<&Signature>) -> DataSet {
    let object = match signature {
        None => ResultObject::Report,
        Some(Signature { case, version, .. }) => ResultObject::SignedReport(*case, *version),
    };
    let standing = match signature {
        None => preliminary(),
        Some(signature) => signed(told, signature),
    };
    identity(told, object)
        .with(standing)
        .with(evidence(told))
        .with(root(
            ["126000", "DCM", "Imaging Measurement Report"],
            "1500",
            content(told, signature),
        ))
}

fn preliminary() -> DataSet {
    DataSet::new()
        .text(tags::COMPLETION_FLAG, VR::CS, "PARTIAL")
        .text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED")
        .text(tags::PRELIMINARY_FLAG, VR::CS, "PRELIMINARY")
}

fn signed(told: &Told<'_>, signature: &Signature) -> DataSet {
    let moment = |form: &str| signature.signed_at.format(form).to_string();
    let verifier = DataSet::new()
        .text(tags::VERIFYING_ORGANIZATION, VR::LO, "Unknown")
        .text(
            tags::VERIFICATION_DATE_TIME,
            VR::DT,
            &moment("%Y%m%d%H%M%S+0000"),
        )
        .text(tags::VERIFYING_OBSERVER_NAME, VR::PN, &signer(signature))
        .unknown(&[(
            tags::VERIFYING_OBSERVER_IDENTIFICATION_CODE_SEQUENCE,
            VR::SQ,
        )]);
    DataSet::new()
        .text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE")
        .text(tags::VERIFICATION_FLAG, VR::CS, "VERIFIED")
        .text(tags::PRELIMINARY_FLAG, VR::CS, "FINAL")
        .text(tags::CONTENT_DATE, VR::DA, &moment("%Y%m%d"))
        .text(tags::CONTENT_TIME, VR::TM, &moment("%H%M%S"))
        .sequence(tags::VERIFYING_OBSERVER_SEQUENCE, [verifier])
        .sequence(tags::PREDECESSOR_DOCUMENTS_SEQUENCE, [predecessor(told)])
}

/// The preliminary report.
fn predecessor(told: &Told<'_>) -> DataSet {
    let (slide, digest, object) = (told.slide(), told.digest(), ResultObject::Report);
    let document = DataSet::new()
        .text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, object.sop_class())
        .text(
            tags::REFERENCED_SOP_INSTANCE_UID,
            VR::UI,
            object.uid(slide, &digest).as_str(),
        );
    let series = DataSet::new()
        .text(
            tags::SERIES_INSTANCE_UID,
            VR::UI,
            object.series().uid(slide, &digest).as_str(),
        )
        .sequence(tags::REFERENCED_SOP_SEQUENCE, [document]);
    of_study(told, series)
}

/// The slide, and that nothing is known of procedures.
fn evidence(told: &Told<'_>) -> DataSet {
    let series = slide_series(told).sequence(tags::REFERENCED_SOP_SEQUENCE, [level_zero(told)]);
    DataSet::new()
        .unknown(&[
            (tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, VR::SQ),
            (tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, VR::SQ),
        ])
        .sequence(
            tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
            [of_study(told, series)],
        )
}

fn of_study(told: &Told<'_>, series: DataSet) -> DataSet {
    DataSet::new()
        .text(tags::STUDY_INSTANCE_UID, VR::UI, told.uids.study.as_str())
        .sequence(tags::REFERENCED_SERIES_SEQUENCE, [series])
}

fn content(told: &Told<'_>, signature: Option<&Signature>) -> Vec<DataSet> {
    let mut items = vec![code(
        HAS_CONCEPT_MODIFIER,
        ["121049", "DCM", "Language of Content Item and Descendants"],
        ["en", "RFC5646", "English"],
    )];
    items.extend(device(told));
    if let Some(signature) = signature {
        items.extend(signing_person(signature));
    }
    items.extend(specimen(told));
    items.push(code(
        HAS_CONCEPT_MODIFIER,
        ["121058", "DCM", "Procedure reported"],
        ["112703", "DCM", "Whole Slide Imaging"],
    ));
    items.push(container(
        ["126010", "DCM", "Imaging Measurements"],
        None,
        [whole_slide(told, signature)],
    ));
    items
}

/// PS3.16 template 1004.
fn device(told: &Told<'_>) -> Vec<DataSet> {
    let task = &told.prediction.task;
    let device = DicomUid::of_device(&told.prediction.encoder.hash, &task.hash);
    let say = |name, value: &str| text(HAS_CONTEXT, name, value);
    vec![
        code(
            HAS_CONTEXT,
            ["121005", "DCM", "Observer Type"],
            ["121007", "DCM", "Device"],
        ),
        uid(
            HAS_CONTEXT,
            ["121012", "DCM", "Device Observer UID"],
            &device,
        ),
        say(["121013", "DCM", "Device Observer Name"], "Coverslip"),
        say(
            ["121014", "DCM", "Device Observer Manufacturer"],
            "Coverslip",
        ),
        say(
            ["121015", "DCM", "Device Observer Model Name"],
            task.id.as_str(),
        ),
        say(
            ["121016", "DCM", "Device Observer Serial Number"],
            &task.hash.to_string(),
        ),
    ]
}

/// PS3.16 template 1003.
fn signing_person(signature: &Signature) -> [DataSet; 2] {
    [
        code(
            HAS_CONTEXT,
            ["121005", "DCM", "Observer Type"],
            ["121006", "DCM", "Person"],
        ),
        person(
            HAS_CONTEXT,
            ["121008", "DCM", "Person Observer Name"],
            &signer(signature),
        ),
    ]
}

/// PS3.16 template 1009: the slide, by our id.
fn specimen(told: &Told<'_>) -> [DataSet; 4] {
    let slide = told.slide().to_string();
    let specimen = DicomUid::derive(told.slide(), UidRole::Specimen);
    [
        code(
            HAS_CONTEXT,
            ["121024", "DCM", "Subject Class"],
            ["121027", "DCM", "Specimen"],
        ),
        uid(HAS_CONTEXT, ["121039", "DCM", "Specimen UID"], &specimen),
        text(
            HAS_CONTEXT,
            ["121041", "DCM", "Specimen Identifier"],
            &slide,
        ),
        text(
            HAS_CONTEXT,
            ["111700", "DCM", "Specimen Container Identifier"],
            &slide,
        ),
    ]
}

/// PS3.16 template 1501.
fn whole_slide(told: &Told<'_>, signature: Option<&Signature>) -> DataSet {
    let tracking = DicomUid::of_result(told.slide(), &told.digest(), "tracking");
    let modifier = |name, value: &str| text(HAS_CONCEPT_MODIFIER, name, value);
    let task = &told.prediction.task;
    let mut items = vec![
        text(
            HAS_CONTEXT,
            ["112039", "DCM", "Tracking Identifier"],
            "whole slide",
        ),
        uid(
            HAS_CONTEXT,
            ["112040", "DCM", "Tracking Unique Identifier"],
            &tracking,
        ),
        modifier(["111001", "DCM", "Algorithm Name"], task.id.as_str()),
        modifier(
            ["111003", "DCM", "Algorithm Version"],
            task.version.as_str(),
        ),
    ];
    items.extend(
        algorithm::parameters(told)
            .iter()
            .map(|parameter| modifier(["111002", "DCM", "Algorithm Parameters"], parameter)),
    );
    items.push(image(
        ["121112", "DCM", "Source of Measurement"],
        level_zero(told),
    ));
    items.extend(figures(told));
    items.extend(findings::of_task(told));
    if let Some(signature) = signature {
        items.extend(findings::signed(signature));
    }
    items.push(text(
        CONTAINS,
        ["121106", "DCM", "Comment"],
        "Research use only. It assists; a person signs.",
    ));
    container(["125007", "DCM", "Measurement Group"], Some("1501"), items)
}

fn figures(told: &Told<'_>) -> Vec<DataSet> {
    let prediction = told.prediction;
    let mut figures = vec![number(
        findings::term(["tiles", "Tiles of tissue that were looked at"]),
        prediction.n_instances as f64,
    )];
    if told.shows_figures() {
        figures.push(number(
            findings::term(["probability", "Calibrated probability of the finding"]),
            prediction.probability,
        ));
        figures.push(number(
            findings::term(["threshold", "Probability from which it is called"]),
            prediction.threshold,
        ));
    }
    figures
}

/// As a PN value has it: one component, of at most 64 characters.
fn signer(signature: &Signature) -> String {
    let is_plain = |c: &char| !c.is_control() && !['^', '=', '\\'].contains(c);
    signature.signer.chars().filter(is_plain).take(64).collect()
}
