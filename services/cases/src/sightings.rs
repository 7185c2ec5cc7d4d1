use std::time::Duration;

use catalog::{AuditAction, AuditEvent, Catalog};
use flow::{CaseId, SlideId};
use http::{Access, ApiError};
use moka::sync::Cache;
use serde_json::{Value, json};

/// For how long a person who sees the same again in the same list is not put on record again.
const AGAIN: Duration = Duration::from_secs(15 * 60);
/// Sightings that are remembered; one that is forgotten too early is put on record once more.
const MAX_REMEMBERED: u64 = 200_000;

/// What browsers and laboratory systems ask for again and again, with or without a person before
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Looking {
    Slides,
    Results,
    Orders,
    Worklist,
    Cases,
    Reconciliation,
}

/// Of whom or what something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Slide(SlideId),
    Case(CaseId),
}

/// Puts on record who saw what in lists: everybody's first look at each slide or case in a list,
/// and one more for each quarter of an hour in which they go on seeing it. A list that is asked for
/// every second costs four events an hour for what stays in it, and one for what is new.
#[derive(Clone)]
pub(crate) struct Sightings {
    catalog: Catalog,
    seen: Cache<(String, Looking, Subject), ()>,
}

impl Sightings {
    pub(crate) fn new(catalog: Catalog) -> Self {
        let seen = Cache::builder()
            .max_capacity(MAX_REMEMBERED)
            .time_to_live(AGAIN)
            .build();
        Self { catalog, seen }
    }

    /// To be called before the answer, which nobody gets whose look is not on record.
    pub(crate) async fn note(
        &self,
        access: &Access,
        looking: Looking,
        subjects: Vec<Subject>,
    ) -> Result<(), ApiError> {
        let name = access.name();
        let key = |subject: Subject| (name.to_owned(), looking, subject);
        let is_new = |subject: &Subject| !self.seen.contains_key(&key(*subject));
        let new: Vec<Subject> = subjects.into_iter().filter(is_new).collect();
        if new.is_empty() {
            return Ok(());
        }
        let event = AuditEvent {
            actor: name.to_owned(),
            action: looking.action(),
            slide: only_slide(&new),
            detail: detail(&new),
        };
        self.catalog.audit(event).await?;
        for subject in new {
            self.seen.insert(key(subject), ());
        }
        Ok(())
    }
}

impl Looking {
    const fn action(self) -> AuditAction {
        match self {
            Self::Slides => AuditAction::SlidesSeen,
            Self::Results => AuditAction::ResultsSeen,
            Self::Orders => AuditAction::OrdersSeen,
            Self::Worklist | Self::Cases => AuditAction::CaseSeen,
            Self::Reconciliation => AuditAction::IdentitiesSeen,
        }
    }
}

/// So that an event about one slide is found by it.
fn only_slide(seen: &[Subject]) -> Option<SlideId> {
    match seen {
        [Subject::Slide(slide)] => Some(*slide),
        _ => None,
    }
}

fn detail(seen: &[Subject]) -> Value {
    if only_slide(seen).is_some() {
        return Value::Null;
    }
    let slides = seen.iter().filter_map(|subject| match subject {
        Subject::Slide(slide) => Some(slide.to_string()),
        Subject::Case(_) => None,
    });
    let mut cases: Vec<_> = seen
        .iter()
        .filter_map(|subject| match subject {
            Subject::Slide(_) => None,
            Subject::Case(case) => Some(case.to_string()),
        })
        .collect();
    cases.sort();
    cases.dedup();
    let slides: Vec<_> = slides.collect();
    match slides.is_empty() {
        true => json!({ "cases": cases }),
        false => json!({ "slides": slides }),
    }
}
