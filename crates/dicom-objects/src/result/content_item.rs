//! Items of a structured report's content (PS3.3 section C.17.3).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use flow::DicomUid;

use super::content::NO_UNITS;
use crate::{DataSet, decimal};

pub(super) const CONTAINS: &str = "CONTAINS";
pub(super) const HAS_CONCEPT_MODIFIER: &str = "HAS CONCEPT MOD";
pub(super) const HAS_CONTEXT: &str = "HAS OBS CONTEXT";

/// Value, scheme, meaning.
pub(super) type Term<'a> = [&'a str; 3];

pub(super) fn text(relation: &str, name: Term<'_>, text: &str) -> DataSet {
    item(relation, "TEXT", name).text(tags::TEXT_VALUE, VR::UT, text)
}

pub(super) fn code(relation: &str, name: Term<'_>, value: Term<'_>) -> DataSet {
    item(relation, "CODE", name).code(tags::CONCEPT_CODE_SEQUENCE, value)
}

pub(super) fn uid(relation: &str, name: Term<'_>, uid: &DicomUid) -> DataSet {
    item(relation, "UIDREF", name).text(tags::UID, VR::UI, uid.as_str())
}

/// `name` is a PN value.
pub(super) fn person(relation: &str, concept: Term<'_>, name: &str) -> DataSet {
    item(relation, "PNAME", concept).text(tags::PERSON_NAME, VR::PN, name)
}

/// Without a unit.
pub(super) fn number(name: Term<'_>, number: f64) -> DataSet {
    let value = DataSet::new()
        .code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, NO_UNITS)
        .value(tags::FLOATING_POINT_VALUE, VR::FD, number)
        .text(tags::NUMERIC_VALUE, VR::DS, &decimal(number));
    item(CONTAINS, "NUM", name).sequence(tags::MEASURED_VALUE_SEQUENCE, [value])
}

/// `reference` is a SOP class and an instance.
pub(super) fn image(name: Term<'_>, reference: DataSet) -> DataSet {
    item(CONTAINS, "IMAGE", name).sequence(tags::REFERENCED_SOP_SEQUENCE, [reference])
}

/// Of a template of the standard's, by its number.
pub(super) fn container(
    name: Term<'_>,
    template: Option<&str>,
    items: impl IntoIterator<Item = DataSet>,
) -> DataSet {
    let container = item(CONTAINS, "CONTAINER", name).with(content_of(template, items));
    container.text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE")
}

/// The whole document.
pub(super) fn root(
    name: Term<'_>,
    template: &str,
    items: impl IntoIterator<Item = DataSet>,
) -> DataSet {
    concept("CONTAINER", name)
        .with(content_of(Some(template), items))
        .text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE")
}

fn content_of(template: Option<&str>, items: impl IntoIterator<Item = DataSet>) -> DataSet {
    let content = DataSet::new().sequence(tags::CONTENT_SEQUENCE, items);
    let Some(template) = template else {
        return content;
    };
    let template = DataSet::new()
        .text(tags::MAPPING_RESOURCE, VR::CS, "DCMR")
        .text(tags::TEMPLATE_IDENTIFIER, VR::CS, template);
    content.sequence(tags::CONTENT_TEMPLATE_SEQUENCE, [template])
}

fn item(relation: &str, kind: &str, name: Term<'_>) -> DataSet {
    concept(kind, name).text(tags::RELATIONSHIP_TYPE, VR::CS, relation)
}

fn concept(kind: &str, name: Term<'_>) -> DataSet {
    const NAME: Tag = tags::CONCEPT_NAME_CODE_SEQUENCE;
    DataSet::new()
        .text(tags::VALUE_TYPE, VR::CS, kind)
        .code(NAME, name)
}
