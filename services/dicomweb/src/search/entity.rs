use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_objects::tag_text;
use http::Origin;
use serde_json::{Map, Value, json};

use super::contents::Contents;
use super::query::Included;
use super::scan::Hit;
use crate::study::Instance;

/// What a search gives one result for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    Study,
    Series,
    Instance,
}

/// What results hold whatever was asked (PS3.18 tables 10.6.3-3 to 10.6.3-5).
const OF_STUDIES: [Tag; 11] = [
    tags::SPECIFIC_CHARACTER_SET,
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::ACCESSION_NUMBER,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_ID,
];
const OF_SERIES: [Tag; 4] = [
    tags::MODALITY,
    tags::SERIES_DESCRIPTION,
    tags::SERIES_INSTANCE_UID,
    tags::SERIES_NUMBER,
];
/// The same in all instances of a series, and given to whoever includes it.
const OF_SERIES_IF_INCLUDED: [Tag; 10] = [
    tags::FRAME_OF_REFERENCE_UID,
    tags::POSITION_REFERENCE_INDICATOR,
    tags::PYRAMID_UID,
    tags::MANUFACTURER,
    tags::MANUFACTURER_MODEL_NAME,
    tags::DEVICE_SERIAL_NUMBER,
    tags::SOFTWARE_VERSIONS,
    tags::CONTAINER_IDENTIFIER,
    tags::CONTAINER_TYPE_CODE_SEQUENCE,
    tags::SPECIMEN_DESCRIPTION_SEQUENCE,
];
const OF_INSTANCES: [Tag; 7] = [
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::INSTANCE_NUMBER,
    tags::ROWS,
    tags::COLUMNS,
    tags::BITS_ALLOCATED,
    tags::NUMBER_OF_FRAMES,
];

impl Entity {
    /// Whether two instances of one study are the same result.
    pub(super) fn is_same(self, one: &Instance, other: &Instance) -> bool {
        match self {
            Self::Study => true,
            Self::Series => one.series_uid() == other.series_uid(),
            Self::Instance => one.uid() == other.uid(),
        }
    }

    /// `header` is that of the instance that was hit.
    pub(super) fn describe(
        self,
        header: &Map<String, Value>,
        hit: &Hit,
        included: &Included,
        origin: Origin<'_>,
    ) -> Map<String, Value> {
        let mut result: Map<String, Value> = header
            .iter()
            .filter(|(tag, _)| self.shows(tag, included))
            .map(|(tag, element)| (tag.clone(), element.clone()))
            .collect();
        result.extend(self.made(hit, origin));
        result
    }

    /// Attributes of what an entity lies in are shown with it, so that a result says where it is.
    fn shows(self, tag: &str, included: &Included) -> bool {
        let in_list = |list: &[Tag]| {
            list.iter()
                .find(|listed| tag_text(**listed) == tag)
                .copied()
        };
        if in_list(&OF_STUDIES).is_some() {
            return true;
        }
        if in_list(&OF_SERIES).is_some() {
            return self >= Self::Series;
        }
        if let Some(listed) = in_list(&OF_SERIES_IF_INCLUDED) {
            return match self {
                Self::Study => included.names(listed),
                Self::Series | Self::Instance => included.holds(listed),
            };
        }
        self == Self::Instance
            && (in_list(&OF_INSTANCES).is_some() || included.is_all || included.names_text(tag))
    }

    /// What is not in the instance, but known of it here.
    fn made(self, hit: &Hit, origin: Origin<'_>) -> Vec<(String, Value)> {
        let Hit { instance, contents } = hit;
        let mut made = vec![
            element(tags::INSTANCE_AVAILABILITY, "CS", json!(["ONLINE"])),
            element(
                tags::RETRIEVE_URL,
                "UR",
                json!([self.address(instance, origin)]),
            ),
        ];
        made.extend(match self {
            Self::Study => of_study(contents),
            Self::Series => vec![element(
                tags::NUMBER_OF_SERIES_RELATED_INSTANCES,
                "IS",
                json!([contents.n_beside(instance)]),
            )],
            Self::Instance => vec![element(
                tags::AVAILABLE_TRANSFER_SYNTAX_UID,
                "UI",
                json!([instance.transfer_syntax()]),
            )],
        });
        made
    }

    fn address(self, instance: &Instance, origin: Origin<'_>) -> String {
        let root = crate::ROOT;
        match self {
            Self::Study => format!("{origin}{root}/studies/{}", instance.study_uid()),
            Self::Series => format!("{origin}{}", instance.series_path()),
            Self::Instance => format!("{origin}{}", instance.path()),
        }
    }
}

fn of_study(contents: &Contents) -> Vec<(String, Value)> {
    vec![
        element(
            tags::MODALITIES_IN_STUDY,
            "CS",
            json!(contents.modalities()),
        ),
        element(
            tags::NUMBER_OF_STUDY_RELATED_SERIES,
            "IS",
            json!([contents.n_series()]),
        ),
        element(
            tags::NUMBER_OF_STUDY_RELATED_INSTANCES,
            "IS",
            json!([contents.n_instances()]),
        ),
    ]
}

fn element(tag: Tag, vr: &str, values: Value) -> (String, Value) {
    (tag_text(tag), json!({ "vr": vr, "Value": values }))
}

impl Included {
    /// By its own name, not by `all`.
    fn names(&self, tag: Tag) -> bool {
        self.names_text(&tag_text(tag))
    }

    fn names_text(&self, tag: &str) -> bool {
        self.attributes
            .iter()
            .any(|attribute| tag_text(attribute.outermost()) == tag)
    }
}
