use std::fmt;
use std::str::FromStr;

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use dicom_objects::tag_text;
use serde_json::{Map, Value};

use super::query::NoQuery;

/// An attribute, or one inside the items of sequences: keywords or tags with dots between them
/// (PS3.18 section 8.3.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    tags: Vec<Tag>,
    /// Of the innermost one.
    pub(super) vr: VR,
}

/// Sequences in sequences that an attribute can lie in.
const DEEPEST: usize = 8;

impl Attribute {
    pub(super) fn is(&self, path: &[Tag]) -> bool {
        self.tags == path
    }

    /// Of the attribute itself or of the outermost sequence it lies in.
    pub(super) fn outermost(&self) -> Tag {
        self.tags[0]
    }

    /// What a data set has there, as text; of all items where it lies in a sequence.
    pub(super) fn texts(&self, data_set: &Map<String, Value>) -> Vec<String> {
        let mut texts = Vec::new();
        collect(data_set, &self.tags, &mut texts);
        texts
    }
}

fn collect(data_set: &Map<String, Value>, path: &[Tag], texts: &mut Vec<String>) {
    let Some((tag, inner)) = path.split_first() else {
        return;
    };
    let values = data_set
        .get(&tag_text(*tag))
        .and_then(|element| element["Value"].as_array());
    for value in values.into_iter().flatten() {
        match value {
            Value::Object(item) if !inner.is_empty() => collect(item, inner, texts),
            Value::Object(name) => texts.extend(name.get("Alphabetic").and_then(text)),
            value if inner.is_empty() => texts.extend(text(value)),
            _ => {}
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl FromStr for Attribute {
    type Err = NoQuery;

    fn from_str(text: &str) -> Result<Self, NoQuery> {
        let unknown = || NoQuery::Attribute(text.chars().take(80).collect());
        let steps = text
            .split('.')
            .map(|step| element(step).ok_or_else(unknown))
            .collect::<Result<Vec<_>, _>>()?;
        let innermost = steps.last().map(|(_, vr)| *vr);
        let (outer, vr) = (&steps[..steps.len() - 1], innermost.ok_or_else(unknown)?);
        if steps.len() > DEEPEST || outer.iter().any(|(_, vr)| *vr != VR::SQ) {
            return Err(unknown());
        }
        Ok(Self {
            tags: steps.into_iter().map(|(tag, _)| tag).collect(),
            vr,
        })
    }
}

/// A tag that the dictionary does not know is a private or a later one: looked for as text.
fn element(step: &str) -> Option<(Tag, VR)> {
    let is_tag = step.len() == 8 && step.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_tag {
        let number = u32::from_str_radix(step, 16).ok()?;
        let tag = Tag((number >> 16) as u16, number as u16);
        let known = StandardDataDictionary.by_tag(tag);
        return Some((tag, known.map_or(VR::UN, |entry| entry.vr().relaxed())));
    }
    let entry = StandardDataDictionary.by_name(step)?;
    Some((entry.tag(), entry.vr().relaxed()))
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags: Vec<_> = self.tags.iter().map(|tag| tag_text(*tag)).collect();
        f.write_str(&tags.join("."))
    }
}

#[cfg(test)]
mod tests {
    use dicom_dictionary_std::tags;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keywords_and_tags_name_the_same() -> Result<(), NoQuery> {
        let by_keyword: Attribute = "SOPClassUID".parse()?;
        assert_eq!(by_keyword, "00080016".parse()?);
        assert_eq!(by_keyword.vr, VR::UI);
        let nested: Attribute = "SpecimenDescriptionSequence.SpecimenIdentifier".parse()?;
        assert_eq!(nested, "00400560.00400551".parse()?);
        assert!(nested.is(&[
            tags::SPECIMEN_DESCRIPTION_SEQUENCE,
            tags::SPECIMEN_IDENTIFIER
        ]));
        Ok(())
    }

    #[test]
    fn what_names_nothing_is_an_error() {
        for text in ["", "NoSuchWord", "Rows.Columns", "0008001", "SOPClassUID."] {
            assert!(text.parse::<Attribute>().is_err(), "{text}");
        }
    }

    #[test]
    fn values_are_found_in_every_item() -> Result<(), Box<dyn std::error::Error>> {
        let data_set = json!({
            "00400560": {"vr": "SQ", "Value": [
                {"00400551": {"vr": "LO", "Value": ["a"]}},
                {"00400551": {"vr": "LO", "Value": ["b"]}},
                {"00400551": {"vr": "LO"}},
            ]},
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "A^B"}]},
            "00280010": {"vr": "US", "Value": [240]},
        });
        let data_set = data_set.as_object().ok_or("an object")?;
        let texts = |name: &str| name.parse().map(|path: Attribute| path.texts(data_set));
        let specimens = texts("SpecimenDescriptionSequence.SpecimenIdentifier")?;
        assert_eq!(specimens, ["a", "b"]);
        assert_eq!(texts("PatientName")?, ["A^B"]);
        assert_eq!(texts("Rows")?, ["240"]);
        assert!(texts("Columns")?.is_empty());
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_is_an_attribute_or_an_error(text in ".{0,40}") {
            if let Ok(attribute) = text.parse::<Attribute>() {
                prop_assert_eq!(attribute.to_string().parse::<Attribute>().ok(), Some(attribute));
            }
        }
    }
}
