use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_object::InMemDicomObject;

/// A list of attributes put together in code; a thin coat over [`InMemDicomObject`].
pub(super) struct DataSet(InMemDicomObject);

impl DataSet {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    /// Several values are separated by backslashes.
    #[must_use]
    pub(super) fn text(self, tag: Tag, vr: VR, value: &str) -> Self {
        self.value(tag, vr, PrimitiveValue::from(value))
    }

    #[must_use]
    pub(super) fn value(mut self, tag: Tag, vr: VR, value: impl Into<PrimitiveValue>) -> Self {
        self.0.put(DataElement::new(tag, vr, value.into()));
        self
    }

    /// Attributes of type 2: there, but nothing is known.
    #[must_use]
    pub(super) fn unknown(mut self, attributes: &[(Tag, VR)]) -> Self {
        for &(tag, vr) in attributes {
            self.0.put(match vr {
                VR::SQ => DataElement::new(tag, vr, DataSetSequence::<InMemDicomObject>::empty()),
                _ => DataElement::new(tag, vr, PrimitiveValue::Empty),
            });
        }
        self
    }

    #[must_use]
    pub(super) fn sequence(mut self, tag: Tag, items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<_> = items.into_iter().map(|item| item.0).collect();
        self.0
            .put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    /// A sequence of one coded term: value, scheme, meaning.
    #[must_use]
    pub(super) fn code(self, tag: Tag, [value, scheme, meaning]: [&str; 3]) -> Self {
        use dicom_dictionary_std::tags;
        let term = Self::new()
            .text(tags::CODE_VALUE, VR::SH, value)
            .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme)
            .text(tags::CODE_MEANING, VR::LO, meaning);
        self.sequence(tag, [term])
    }

    #[must_use]
    pub(super) fn with(mut self, other: Self) -> Self {
        for element in other.0 {
            self.0.put(element);
        }
        self
    }

    pub(super) fn into_object(self) -> InMemDicomObject {
        self.0
    }
}

/// A decimal string of at most the 16 characters DICOM allows.
pub(super) fn decimal(number: f64) -> String {
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
