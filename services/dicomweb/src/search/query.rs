use dicom_core::Tag;
use thiserror::Error;

use super::attribute::Attribute;
use super::filter::Filter;

/// What a search asks for (PS3.18 section 8.3.4).
#[derive(Clone, Debug)]
pub(super) struct SearchQuery {
    pub(super) filters: Vec<Filter>,
    pub(super) included: Included,
    pub(super) page: ResultPage,
    /// Literal matching is all there is; the answer says so to whoever asked for more.
    pub(super) is_fuzzy: bool,
}

/// Attributes wanted beside those that every result has.
#[derive(Clone, Debug, Default)]
pub(super) struct Included {
    pub(super) is_all: bool,
    pub(super) attributes: Vec<Attribute>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResultPage {
    pub(super) offset: u64,
    pub(super) limit: usize,
}

#[derive(Debug, Error)]
pub(crate) enum NoQuery {
    #[error("{0:?} is neither a keyword nor a tag of an attribute, nor a parameter of a search")]
    Attribute(String),
    #[error("{0} is a whole number, not negative")]
    Number(&'static str),
    #[error("fuzzymatching is true or false")]
    Fuzzy,
    #[error("{attribute} is asked for as {value:?}, which is not a value of its kind")]
    Value { attribute: String, value: String },
}

const USUAL_LIMIT: usize = 100;
const MOST: usize = 1000;

impl SearchQuery {
    /// `pairs` are the parameters of the address in their order.
    pub(super) fn parse(pairs: &[(String, String)]) -> Result<Self, NoQuery> {
        let mut query = Self {
            filters: Vec::new(),
            included: Included::default(),
            page: ResultPage {
                offset: 0,
                limit: USUAL_LIMIT,
            },
            is_fuzzy: false,
        };
        for (name, value) in pairs {
            query.take(name, value)?;
        }
        Ok(query)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), NoQuery> {
        match name {
            "limit" => self.page.limit = number("limit", value)?.min(MOST as u64) as usize,
            "offset" => self.page.offset = number("offset", value)?,
            "fuzzymatching" => self.is_fuzzy = truth(value)?,
            "includefield" => self.included.take(value)?,
            // Read where the answer's media type is chosen.
            "accept" => {}
            _ => self.filter(name.parse()?, value)?,
        }
        Ok(())
    }

    /// Several values for one attribute, wherever they stand, are values of which one must match.
    fn filter(&mut self, attribute: Attribute, value: &str) -> Result<(), NoQuery> {
        let filter = Filter::new(attribute, value)?;
        let same = self
            .filters
            .iter_mut()
            .find(|other| other.attribute == filter.attribute);
        match same {
            Some(same) => same.or(filter),
            None => self.filters.push(filter),
        }
        Ok(())
    }
}

impl Included {
    pub(super) fn holds(&self, tag: Tag) -> bool {
        self.is_all
            || self
                .attributes
                .iter()
                .any(|attribute| attribute.outermost() == tag)
    }

    fn take(&mut self, value: &str) -> Result<(), NoQuery> {
        for name in value.split(',').filter(|name| !name.is_empty()) {
            match name {
                "all" => self.is_all = true,
                _ => self.attributes.push(name.parse()?),
            }
        }
        Ok(())
    }
}

fn number(name: &'static str, value: &str) -> Result<u64, NoQuery> {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_plain);
    // The catalog counts in signed numbers.
    number
        .filter(|number: &u64| i64::try_from(*number).is_ok())
        .ok_or(NoQuery::Number(name))
}

fn truth(value: &str) -> Result<bool, NoQuery> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(NoQuery::Fuzzy),
    }
}

#[cfg(test)]
mod tests {
    use dicom_dictionary_std::tags;
    use proptest::prelude::*;

    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<SearchQuery, NoQuery> {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        SearchQuery::parse(&pairs)
    }

    #[test]
    fn pages_have_bounds() -> Result<(), NoQuery> {
        let page = |pairs: &[(&str, &str)]| parse(pairs).map(|query| query.page);
        let usual = ResultPage {
            offset: 0,
            limit: 100,
        };
        assert_eq!(page(&[])?, usual);
        let asked = page(&[("limit", "5"), ("offset", "70")])?;
        assert_eq!((asked.limit, asked.offset), (5, 70));
        assert_eq!(page(&[("limit", "1000000")])?.limit, 1000);
        for value in ["-1", "+1", "x", "", "1.5", "18446744073709551615"] {
            assert!(page(&[("offset", value)]).is_err(), "{value}");
            assert!(page(&[("limit", value)]).is_err(), "{value}");
        }
        Ok(())
    }

    #[test]
    fn fields_are_included_by_name_tag_or_all() -> Result<(), NoQuery> {
        let query = parse(&[
            ("includefield", "Rows,00280011"),
            ("includefield", "Manufacturer"),
        ])?;
        for tag in [tags::ROWS, tags::COLUMNS, tags::MANUFACTURER] {
            assert!(query.included.holds(tag));
        }
        assert!(!query.included.holds(tags::MODALITY));
        let all = parse(&[("includefield", "all")])?;
        assert!(all.included.holds(tags::MODALITY));
        assert!(parse(&[("includefield", "NoSuchWord")]).is_err());
        Ok(())
    }

    #[test]
    fn values_of_one_attribute_are_joined() -> Result<(), NoQuery> {
        let query = parse(&[("SeriesInstanceUID", "1.2"), ("0020000E", "1.3")])?;
        assert_eq!(query.filters.len(), 1);
        assert!(parse(&[("fuzzymatching", "true")])?.is_fuzzy);
        assert!(parse(&[("fuzzymatching", "yes")]).is_err());
        assert!(parse(&[("PatienID", "1")]).is_err());
        Ok(())
    }

    proptest! {
        #[test]
        fn any_pairs_are_a_query_or_an_error(
            pairs in prop::collection::vec(("[A-Za-z0-9.]{0,20}", ".{0,20}"), 0..4),
        ) {
            if let Ok(query) = SearchQuery::parse(&pairs) {
                prop_assert!(query.page.limit <= MOST && query.filters.len() <= pairs.len());
            }
        }
    }
}
