use std::collections::HashSet;

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use flow::{DicomUid, LevelNumber, SlideId, UidRole};

use super::constants::verdict;
use super::filter::Filter;
use crate::error::DicomwebError;
use crate::state::DicomwebState;

/// Levels that a slide can have: a slide halved this often is one tile, however large it was.
const MOST_LEVELS: u8 = 24;

/// Which slides can match at all, before any header is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Candidates {
    All,
    /// In the order in which they were named, which is as good as any.
    These(Vec<SlideId>),
}

/// The candidates, and the filters that are left to be tried on them.
pub(super) async fn narrow(
    state: &DicomwebState,
    filters: &[Filter],
) -> Result<(Candidates, Vec<Filter>), DicomwebError> {
    let mut candidates = Candidates::All;
    let mut left = Vec::new();
    for filter in filters {
        match verdict(filter) {
            Some(true) => {}
            Some(false) => return Ok((Candidates::These(Vec::new()), Vec::new())),
            None => {
                if let Some(slides) = named_by(state, filter).await? {
                    candidates = candidates.among(slides);
                }
                left.push(filter.clone());
            }
        }
    }
    Ok((candidates, left))
}

impl Candidates {
    fn among(self, slides: Vec<SlideId>) -> Self {
        let slides = match self {
            Self::All => slides,
            Self::These(others) => {
                let others: HashSet<_> = others.into_iter().collect();
                slides
                    .into_iter()
                    .filter(|id| others.contains(id))
                    .collect()
            }
        };
        Self::These(slides)
    }
}

/// The slides that a filter names; `None` where it names none, but says something of them.
async fn named_by(
    state: &DicomwebState,
    filter: &Filter,
) -> Result<Option<Vec<SlideId>>, DicomwebError> {
    let is = |path: &[Tag]| filter.attribute.is(path);
    if is(&[tags::STUDY_INSTANCE_UID]) {
        return by_study(state, filter).await;
    }
    if is(&[tags::SERIES_INSTANCE_UID]) {
        return by_hash(state, filter, |slide, wanted| {
            is_one_of(wanted, &slide, UidRole::Series)
        })
        .await;
    }
    if is(&[tags::SOP_INSTANCE_UID]) {
        return by_hash(state, filter, |slide, wanted| {
            (0..MOST_LEVELS).any(|n| is_one_of(wanted, &slide, UidRole::Level(LevelNumber(n))))
        })
        .await;
    }
    let is_slide_id = is(&[tags::CONTAINER_IDENTIFIER])
        || is(&[
            tags::SPECIMEN_DESCRIPTION_SEQUENCE,
            tags::SPECIMEN_IDENTIFIER,
        ]);
    let texts = filter.texts().filter(|_| is_slide_id);
    Ok(texts.map(|texts| texts.iter().filter_map(|text| text.parse().ok()).collect()))
}

async fn by_study(
    state: &DicomwebState,
    filter: &Filter,
) -> Result<Option<Vec<SlideId>>, DicomwebError> {
    let Some(uids) = filter.uids() else {
        return Ok(None);
    };
    let mut slides = Vec::new();
    for uid in uids {
        slides.extend(state.directory.slide_of_study(uid).await?);
    }
    Ok(Some(slides))
}

/// Hashes the id of every slide there is: half a second of one processor for each million and each
/// level that is tried.
async fn by_hash(
    state: &DicomwebState,
    filter: &Filter,
    is_wanted: impl Fn(SlideId, &HashSet<String>) -> bool + Send + 'static,
) -> Result<Option<Vec<SlideId>>, DicomwebError> {
    let Some(uids) = filter.uids() else {
        return Ok(None);
    };
    let wanted: HashSet<String> = uids.into_iter().map(ToString::to_string).collect();
    let all = state.directory.all().await?;
    // The semaphore is never closed, so this only ever waits.
    let _place = state.places.acquire().await.ok();
    let search = move || {
        all.into_iter()
            .filter(|id| is_wanted(*id, &wanted))
            .collect()
    };
    Ok(Some(tokio::task::spawn_blocking(search).await?))
}

fn is_one_of(wanted: &HashSet<String>, slide: &SlideId, role: UidRole) -> bool {
    wanted.contains(DicomUid::derive(slide, role).as_str())
}
