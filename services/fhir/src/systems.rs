//! Where the codes and identifiers come from that our resources hold.

/// Tasks by their ids: what is ordered and what answers.
pub(crate) const TASK: &str = "urn:coverslip:task";
/// What a task or a person calls a slide; the task's id follows.
pub(crate) const CALL: &str = "urn:coverslip:call:";
/// What the slides of a case say together.
pub(crate) const CASE_CALL: &str = "urn:coverslip:case-call";
/// Scales of grades; the scale's name follows.
pub(crate) const GRADE: &str = "urn:coverslip:grade:";
/// What a component of a result is.
pub(crate) const RESULT: &str = "urn:coverslip:result";
/// Why a task gives no answer.
pub(crate) const ABSTENTION: &str = "urn:coverslip:abstention";
/// Whether a person went with the task.
pub(crate) const JUDGEMENT: &str = "urn:coverslip:judgement";
/// What results may be used for.
pub(crate) const REGULATORY_STATUS: &str = "urn:coverslip:regulatory-status";
/// What somebody did, in the audit trail's words.
pub(crate) const AUDIT_ACTION: &str = "urn:coverslip:audit-action";
/// sha256 of a task's file and weights.
pub(crate) const TASK_HASH: &str = "urn:coverslip:task-hash";
/// Keys that came without a system, as `Idempotency-Key` does.
pub(crate) const ORDER_KEY: &str = "urn:coverslip:order-key";

pub(crate) const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
pub(crate) const DICOM_UID: &str = "urn:dicom:uid";
pub(crate) const LOINC: &str = "http://loinc.org";
pub(crate) const SNOMED_CT: &str = "http://snomed.info/sct";
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";
pub(crate) const URI: &str = "urn:ietf:rfc:3986";
pub(crate) const HL7_V2_IDENTIFIER_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
pub(crate) const DATA_ABSENT_REASON: &str =
    "http://terminology.hl7.org/CodeSystem/data-absent-reason";
pub(crate) const PURPOSE_OF_USE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
