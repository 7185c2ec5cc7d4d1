use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

/// Characters of a short and of a long string (PS3.5 section 6.2).
const MOST_SHORT: usize = 16;
const MOST_LONG: usize = 64;

/// A list of attributes put together in code; a thin coat over [`InMemDicomObject`].
#[derive(Clone, Debug)]
pub struct DataSet(InMemDicomObject);

impl Default for DataSet {
    fn default() -> Self {
        Self(InMemDicomObject::new_empty())
    }
}

impl DataSet {
    pub fn new() -> Self {
        Self::default()
    }

    /// Several values are separated by backslashes.
    #[must_use]
    pub fn text(self, tag: Tag, vr: VR, value: &str) -> Self {
        self.value(tag, vr, PrimitiveValue::from(value))
    }

    #[must_use]
    pub fn value(mut self, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) -> Self {
        self.0.put(DataElement::new(tag, vr, value.into()));
        self
    }

    /// Attributes of type 2: there, but nothing is known.
    #[must_use]
    pub fn unknown(mut self, attributes: &[(Tag, VR)]) -> Self {
        for &(tag, vr) in attributes {
            self.0.put(match vr {
                VR::SQ => DataElement::new(tag, vr, DataSetSequence::<InMemDicomObject>::empty()),
                _ => DataElement::new(tag, vr, PrimitiveValue::Empty),
            });
        }
        self
    }

    #[must_use]
    pub fn sequence(mut self, tag: Tag, items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<_> = items.into_iter().map(|item| item.0).collect();
        self.0
            .put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    /// A sequence of one coded term: value, scheme, meaning.
    #[must_use]
    pub fn code(self, tag: Tag, term: [&str; 3]) -> Self {
        self.sequence(tag, [Self::term(term)])
    }

    /// A coded term: value, scheme, meaning (PS3.3 section 8.8). What is too long is cut, or goes
    /// where there is room for it.
    pub fn term([value, scheme, meaning]: [&str; 3]) -> Self {
        let value = one_value(value);
        let data_set = match value.chars().count() <= MOST_SHORT {
            true => Self::new().text(tags::CODE_VALUE, VR::SH, &value),
            false => Self::new().text(tags::LONG_CODE_VALUE, VR::UC, &value),
        };
        data_set
            .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme)
            .words(tags::CODE_MEANING, meaning)
    }

    /// Words of a person or of a task as a long string (LO): one value, cut after 64 characters.
    #[must_use]
    pub fn words(self, tag: Tag, words: &str) -> Self {
        let words: String = one_value(words).chars().take(MOST_LONG).collect();
        self.text(tag, VR::LO, &words)
    }

    /// Attributes of both; of one that is in both, that of `other`.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for element in other.0 {
            self.0.put(element);
        }
        self
    }

    pub fn as_object(&self) -> &InMemDicomObject {
        &self.0
    }

    pub fn into_object(self) -> InMemDicomObject {
        self.0
    }
}

/// A backslash would make two values of it, and control characters are none of a string's.
fn one_value(text: &str) -> String {
    let text = text.replace('\\', "/");
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A decimal string of at most the 16 characters DICOM allows.
pub fn decimal(number: f64) -> String {
    (0..=14_usize)
        .rev()
        .map(|places| format!("{number:.places$}"))
        .find(|text| text.len() <= 16)
        .map_or_else(|| format!("{number:.9e}"), |text| trimmed(&text))
}

fn trimmed(text: &str) -> String {
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_fit_and_keep_what_they_can() {
        assert_eq!(decimal(0.000499), "0.000499");
        assert_eq!(decimal(0.016), "0.016");
        assert_eq!(decimal(1.0 / 3.0), "0.33333333333333");
        assert_eq!(decimal(20480.0), "20480");
        assert!(
            [1e-9 / 3.0, 1e15 / 7.0, 123456.7890123456]
                .into_iter()
                .all(|number| decimal(number).len() <= 16)
        );
    }
}
