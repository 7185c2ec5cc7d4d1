use http::OperationOutcome;
use serde::Serialize;

use super::cursor::Cursor;
use super::found::{Found, Resource};
use super::gather::Gatherer;
use super::query::{Pairs, SearchQuery};
use crate::code::{BundleType, EntryMode};

/// What a search found.
#[derive(Debug, Serialize)]
#[serde(tag = "resourceType", rename_all = "camelCase")]
pub(crate) struct Bundle {
    #[serde(rename = "type")]
    kind: BundleType,
    /// Where this is all there is.
    total: Option<usize>,
    link: Vec<Link>,
    entry: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Link {
    relation: &'static str,
    url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    full_url: Option<String>,
    resource: Entered,
    search: SearchEntry,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entered {
    Found(Resource),
    Outcome(OperationOutcome),
}

#[derive(Debug, Serialize)]
struct SearchEntry {
    mode: EntryMode,
}

impl Bundle {
    pub(super) fn of(
        gatherer: &Gatherer<'_>,
        query: &SearchQuery,
        found: Vec<Found>,
        next: Option<Cursor>,
    ) -> Self {
        let root = format!("{}/fhir/R4", gatherer.origin);
        let address = format!("{root}/{}", gatherer.kind);
        let is_all = query.cursor == Cursor::default() && next.is_none();
        let mut link = vec![Link {
            relation: "self",
            url: linked(&address, &query.linkable, Some(&query.cursor)),
        }];
        link.extend(next.map(|next| Link {
            relation: "next",
            url: linked(&address, &query.linkable, Some(&next)),
        }));
        let total = is_all.then_some(found.len());
        let mut entry: Vec<_> = found
            .into_iter()
            .map(|found| Entry {
                full_url: Some(format!("{root}/{}/{}", found.kind(), found.id())),
                resource: Entered::Found(found.resource),
                search: SearchEntry {
                    mode: EntryMode::Match,
                },
            })
            .collect();
        if gatherer.has_kept_back {
            entry.push(kept_back());
        }
        Self {
            kind: BundleType::Searchset,
            total,
            link,
            entry,
        }
    }

    /// Resources, not what is said beside them.
    pub(crate) fn n_found(&self) -> usize {
        let found = self.entry.iter();
        found
            .filter(|entry| matches!(entry.resource, Entered::Found(_)))
            .count()
    }
}

fn linked(address: &str, linkable: &Pairs, cursor: Option<&Cursor>) -> String {
    let mut pairs = linkable.clone();
    let cursor = cursor.filter(|cursor| **cursor != Cursor::default());
    pairs.extend(cursor.map(|cursor| ("_after".to_owned(), cursor.to_string())));
    // Pairs of text can always be written.
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    match query.is_empty() {
        true => address.to_owned(),
        false => format!("{address}?{query}"),
    }
}

fn kept_back() -> Entry {
    Entry {
        full_url: None,
        resource: Entered::Outcome(OperationOutcome::suppressed(
            "here the AI is shown after the first read: what is said of slides that you have not \
             put an impression of on record is left out",
        )),
        search: SearchEntry {
            mode: EntryMode::Outcome,
        },
    }
}
