use http::ApiError;

use super::cursor::Cursor;
use super::filter::Filter;
use super::parameter::Parameter;
use crate::kind::ResourceKind;

/// Names and values in their order, as they were sent.
pub(crate) type Pairs = Vec<(String, String)>;

/// By which way a search came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// After the `?`, where nothing may stand that names a patient.
    InAddress,
    /// By a POST to `_search`.
    InBody,
}

/// What a search asks for.
#[derive(Clone, Debug)]
pub(crate) struct SearchQuery {
    pub(super) filters: Vec<Filter>,
    /// Resources in one answer.
    pub(super) count: usize,
    pub(super) cursor: Cursor,
    /// What may stand in a link, but for where the page begins.
    pub(super) linkable: Pairs,
    /// Whether a condition may name a patient: then there are no links to further pages.
    pub(super) is_private: bool,
}

const USUAL_COUNT: usize = 20;
const MOST: usize = 100;
const FORMATS: [&str; 4] = [
    "json",
    "application/json",
    "application/fhir+json",
    "application/fhir json",
];

impl SearchQuery {
    pub(crate) fn read(kind: ResourceKind, sent: Sent, pairs: &Pairs) -> Result<Self, ApiError> {
        let mut query = Self {
            filters: Vec::new(),
            count: USUAL_COUNT,
            cursor: Cursor::default(),
            linkable: Vec::new(),
            is_private: false,
        };
        for (name, value) in pairs {
            query.take(kind, sent, name, value)?;
        }
        Ok(query)
    }

    fn take(
        &mut self,
        kind: ResourceKind,
        sent: Sent,
        name: &str,
        value: &str,
    ) -> Result<(), ApiError> {
        match name {
            "_count" => self.count = count(value)?,
            "_after" => {
                self.cursor = Cursor::read(value)?;
                return Ok(());
            }
            "_format" if FORMATS.contains(&value) => {}
            "_format" => return Err(ApiError::not_acceptable("there is JSON alone")),
            _ => {
                let parameter = known(kind, name)?;
                let filter = Filter::read(kind, parameter, name, value)?;
                if filter.is_private() {
                    self.is_private = true;
                    if sent == Sent::InAddress {
                        return Err(by_body(kind, name));
                    }
                    self.filters.push(filter);
                    return Ok(());
                }
                self.filters.push(filter);
            }
        }
        self.linkable.push((name.to_owned(), value.to_owned()));
        Ok(())
    }
}

fn known(kind: ResourceKind, name: &str) -> Result<Parameter, ApiError> {
    let parameters = Parameter::of(kind);
    // The subject is a logical reference: with and without the modifier the identifier is meant.
    let plain = match name.strip_suffix(":identifier") {
        Some(plain @ ("subject" | "patient")) => plain,
        _ => name,
    };
    let found = parameters.iter().find(|(known, _)| *known == plain);
    found.map(|(_, parameter)| *parameter).ok_or_else(|| {
        let names: Vec<_> = parameters.iter().map(|(name, _)| *name).collect();
        ApiError::bad_request(format!(
            "{kind} is not searched by `{name}`, but by {}, with _count and _format",
            names.join(", ")
        ))
    })
}

fn by_body(kind: ResourceKind, name: &str) -> ApiError {
    ApiError::bad_request(format!(
        "`{name}` may name a patient, which has no place in an address: send it as the form of a \
         POST to /fhir/R4/{kind}/_search"
    ))
}

fn count(value: &str) -> Result<usize, ApiError> {
    let count = value.parse().ok().filter(|count| *count > 0);
    let count: usize =
        count.ok_or_else(|| ApiError::bad_request("_count is a whole number from 1"))?;
    Ok(count.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        kind: ResourceKind,
        sent: Sent,
        name: &str,
        value: &str,
    ) -> Result<SearchQuery, String> {
        let pairs = vec![(name.to_owned(), value.to_owned())];
        SearchQuery::read(kind, sent, &pairs).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn what_may_name_a_patient_comes_by_a_body_and_stands_in_no_link() -> Result<(), String> {
        let kind = ResourceKind::DiagnosticReport;
        for name in ["subject", "patient", "subject:identifier", "identifier"] {
            let refused = read(kind, Sent::InAddress, name, "S26-4711");
            assert!(
                refused.is_err_and(|error| error.contains("_search")),
                "{name}"
            );
            let query = read(kind, Sent::InBody, name, "S26-4711")?;
            assert!(query.is_private && query.linkable.is_empty(), "{name}");
        }
        let uid = "urn:dicom:uid|urn:oid:2.25.7";
        read(
            ResourceKind::ImagingStudy,
            Sent::InAddress,
            "identifier",
            uid,
        )?;
        Ok(())
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let kind = ResourceKind::Observation;
        for (name, value) in [
            ("_sort", "date"),
            ("status", "done"),
            ("based-on", "Patient/1"),
            ("_count", "0"),
            ("_lastUpdated", "yesterday"),
            ("_format", "xml"),
            ("_after", "?"),
        ] {
            assert!(read(kind, Sent::InAddress, name, value).is_err(), "{name}");
        }
        assert!(read(kind, Sent::InAddress, "status", "final,amended").is_ok());
    }
}
