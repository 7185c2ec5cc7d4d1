use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dicom_core::VR;
use dicom_core::value::{PrimitiveValue, Value as DicomValue};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use dicom_object::mem::{InMemElement, InMemFragment};
use serde_json::{Map, Value, json};

/// A data set in the DICOM JSON model (PS3.18 annex F.2). The colour profile is left for a link.
pub fn data_set_json(object: &InMemDicomObject) -> Map<String, Value> {
    object
        .iter()
        .map(|element| (tag_text(element.header().tag), element_json(element)))
        .collect()
}

pub fn tag_text(tag: dicom_core::Tag) -> String {
    format!("{:04X}{:04X}", tag.group(), tag.element())
}

fn element_json(element: &InMemElement) -> Value {
    let vr = element.vr();
    let mut json = Map::new();
    json.insert("vr".to_owned(), vr.to_string().into());
    if element.header().tag == tags::ICC_PROFILE {
        return json.into();
    }
    match content(vr, element.value()) {
        Content::Nothing => {}
        Content::Values(values) => {
            json.insert("Value".to_owned(), values.into());
        }
        Content::Binary(text) => {
            json.insert("InlineBinary".to_owned(), text.into());
        }
    }
    json.into()
}

/// What stands beside the VR.
enum Content {
    Nothing,
    Values(Vec<Value>),
    /// In base64.
    Binary(String),
}

fn content(vr: VR, value: &DicomValue<InMemDicomObject, InMemFragment>) -> Content {
    match value {
        DicomValue::Sequence(sequence) => values(
            sequence
                .items()
                .iter()
                .map(|item| Value::Object(data_set_json(item)))
                .collect(),
        ),
        DicomValue::Primitive(value) => primitive(vr, value),
        DicomValue::PixelSequence(_) => Content::Nothing,
    }
}

fn primitive(vr: VR, value: &PrimitiveValue) -> Content {
    match vr {
        VR::OB | VR::OW | VR::OD | VR::OF | VR::OL | VR::OV | VR::UN => {
            let bytes = value.to_bytes();
            if bytes.is_empty() {
                return Content::Nothing;
            }
            Content::Binary(STANDARD.encode(bytes))
        }
        VR::AT => match value {
            PrimitiveValue::Tags(tags) => {
                values(tags.iter().map(|tag| tag_text(*tag).into()).collect())
            }
            _ => Content::Nothing,
        },
        VR::FL | VR::FD => numbers(value.to_multi_float64().ok()),
        VR::SL | VR::SS | VR::SV => numbers(value.to_multi_int::<i64>().ok()),
        VR::UL | VR::US | VR::UV => numbers(value.to_multi_int::<u64>().ok()),
        _ => values(texts(vr, value)),
    }
}

fn numbers<T: Into<Value>>(numbers: Option<Vec<T>>) -> Content {
    let numbers = numbers.unwrap_or_default();
    values(numbers.into_iter().map(Into::into).collect())
}

fn values(values: Vec<Value>) -> Content {
    if values.is_empty() {
        return Content::Nothing;
    }
    Content::Values(values)
}

/// Text without its padding; an empty one among several is null. A data set that was put together in
/// code has them in one string still, with backslashes between them; texts of some kinds are always
/// one (PS3.5 section 6.2).
fn texts(vr: VR, value: &PrimitiveValue) -> Vec<Value> {
    let most = match vr {
        VR::LT | VR::ST | VR::UR | VR::UT => 1,
        _ => usize::MAX,
    };
    let strings = value.to_multi_str();
    let texts = strings.iter().flat_map(|text| text.splitn(most, '\\'));
    let trimmed = |text: &str| text_json(vr, text.trim_matches([' ', '\0']));
    let texts: Vec<Value> = texts.map(trimmed).collect();
    if texts.iter().all(Value::is_null) {
        return Vec::new();
    }
    texts
}

fn text_json(vr: VR, text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let number = match vr {
        VR::IS => text.parse::<i64>().ok().map(Value::from),
        VR::DS => text.parse::<f64>().ok().map(Value::from),
        _ => None,
    };
    match vr {
        VR::PN => json!({ "Alphabetic": text }),
        // Numbers that are none are passed on as the text they are (PS3.18 section F.2.3.1).
        _ => number.unwrap_or_else(|| text.into()),
    }
}

#[cfg(test)]
mod tests {
    use dicom_core::value::DataSetSequence;
    use dicom_core::{DataElement, Tag, dicom_value};

    use super::*;

    fn one(tag: Tag, vr: VR, value: PrimitiveValue) -> Value {
        let object = InMemDicomObject::from_element_iter([DataElement::new(tag, vr, value)]);
        data_set_json(&object)[&tag_text(tag)].clone()
    }

    #[test]
    fn each_kind_of_value_has_the_form_the_standard_gives_it() {
        let cases = [
            (
                one(tags::MODALITY, VR::CS, "SM".into()),
                json!({"vr": "CS", "Value": ["SM"]}),
            ),
            (
                one(tags::PATIENT_ID, VR::LO, PrimitiveValue::Empty),
                json!({"vr": "LO"}),
            ),
            (
                one(tags::PATIENT_ID, VR::LO, "  ".into()),
                json!({"vr": "LO"}),
            ),
            (
                one(tags::PATIENT_NAME, VR::PN, "A^B".into()),
                json!({"vr": "PN", "Value": [{"Alphabetic": "A^B"}]}),
            ),
            (
                one(tags::ROWS, VR::US, 240_u16.into()),
                json!({"vr": "US", "Value": [240]}),
            ),
            (
                one(tags::NUMBER_OF_FRAMES, VR::IS, "12 ".into()),
                json!({"vr": "IS", "Value": [12]}),
            ),
            (
                one(
                    tags::LOSSY_IMAGE_COMPRESSION_RATIO,
                    VR::DS,
                    "     12.25".into(),
                ),
                json!({"vr": "DS", "Value": [12.25]}),
            ),
            (
                one(tags::PIXEL_SPACING, VR::DS, r"0.25\0.5 ".into()),
                json!({"vr": "DS", "Value": [0.25, 0.5]}),
            ),
            (
                one(tags::IMAGE_COMMENTS, VR::LT, r"A\B".into()),
                json!({"vr": "LT", "Value": [r"A\B"]}),
            ),
            (
                one(tags::IMAGED_VOLUME_WIDTH, VR::FL, 0.5_f32.into()),
                json!({"vr": "FL", "Value": [0.5]}),
            ),
            (
                one(tags::SOP_INSTANCE_UID, VR::UI, "1.2.3\0".into()),
                json!({"vr": "UI", "Value": ["1.2.3"]}),
            ),
            (
                one(
                    tags::IMAGE_TYPE,
                    VR::CS,
                    dicom_value!(Strs, ["A", "", "B "]),
                ),
                json!({"vr": "CS", "Value": ["A", null, "B"]}),
            ),
            (
                one(
                    tags::DIMENSION_INDEX_POINTER,
                    VR::AT,
                    dicom_value!(Tags, [tags::ROWS]),
                ),
                json!({"vr": "AT", "Value": ["00280010"]}),
            ),
            (
                one(
                    tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                    VR::OW,
                    dicom_value!(U8, [1, 2]),
                ),
                json!({"vr": "OW", "InlineBinary": "AQI="}),
            ),
            (
                one(tags::ICC_PROFILE, VR::OB, dicom_value!(U8, [1, 2])),
                json!({"vr": "OB"}),
            ),
        ];
        for (made, expected) in cases {
            assert_eq!(made, expected);
        }
    }

    #[test]
    fn sequences_hold_data_sets() {
        let item = InMemDicomObject::from_element_iter([DataElement::new(
            tags::CODE_VALUE,
            VR::SH,
            PrimitiveValue::from("x"),
        )]);
        let sequences = InMemDicomObject::from_element_iter([
            DataElement::new(
                tags::CONTAINER_TYPE_CODE_SEQUENCE,
                VR::SQ,
                DataSetSequence::from(vec![item]),
            ),
            DataElement::new(
                tags::SPECIMEN_PREPARATION_SEQUENCE,
                VR::SQ,
                DataSetSequence::<InMemDicomObject>::empty(),
            ),
        ]);
        let expected = json!({
            "00400518": {"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": ["x"]}}]},
            "00400610": {"vr": "SQ"},
        });
        assert_eq!(Value::Object(data_set_json(&sequences)), expected);
    }
}
