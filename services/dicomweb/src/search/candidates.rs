use std::collections::HashSet;

use catalog::DicomEntity;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use flow::{DicomUid, LevelNumber, SlideId, UidRole};

use super::constants::{Kind, verdict};
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

/// The filters that are left to be tried on the candidates' instances of a kind; `None` where none
/// of that kind can match.
#[derive(Clone, Debug)]
pub(super) struct FiltersLeft {
    pub(super) levels: Option<Vec<Filter>>,
    pub(super) results: Option<Vec<Filter>>,
}

pub(super) async fn narrow(
    state: &DicomwebState,
    filters: &[Filter],
) -> Result<(Candidates, FiltersLeft), DicomwebError> {
    let left = FiltersLeft {
        levels: left_of(filters, Kind::Levels),
        results: left_of(filters, Kind::Results),
    };
    if left.levels.is_none() && left.results.is_none() {
        return Ok((Candidates::These(Vec::new()), left));
    }
    let mut candidates = Candidates::All;
    let names_study = |filter: &&Filter| filter.attribute.is(&[tags::STUDY_INSTANCE_UID]);
    let studies: Vec<_> = filters.iter().filter(names_study).collect();
    // Where studies are named, what names their parts is not looked for in all others.
    let naming = match studies.iter().all(|filter| filter.uids().is_none()) {
        true => filters.iter().collect(),
        false => studies,
    };
    for filter in naming {
        if let Some(slides) = named_by(state, filter).await? {
            candidates = candidates.among(slides);
        }
    }
    Ok((candidates, left))
}

fn left_of(filters: &[Filter], kind: Kind) -> Option<Vec<Filter>> {
    let mut left = Vec::new();
    for filter in filters {
        match verdict(filter, kind) {
            Some(true) => {}
            Some(false) => return None,
            None => left.push(filter.clone()),
        }
    }
    Some(left)
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
        return by_uid(state, filter, DicomEntity::Series, &[UidRole::Series]).await;
    }
    if is(&[tags::SOP_INSTANCE_UID]) {
        let levels = (0..MOST_LEVELS).map(|n| UidRole::Level(LevelNumber(n)));
        let roles = levels.collect::<Vec<_>>();
        return by_uid(state, filter, DicomEntity::Instance, &roles).await;
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
        slides.extend(state.directory.slides_of_study(uid).await?);
    }
    Ok(Some(slides))
}

/// UIDs that slides came with are in the catalog; the others are looked for among ours. UIDs of results
/// are no slide's, so where one is not found, any slide may have it.
async fn by_uid(
    state: &DicomwebState,
    filter: &Filter,
    entity: DicomEntity,
    roles: &[UidRole],
) -> Result<Option<Vec<SlideId>>, DicomwebError> {
    let Some(uids) = filter.uids() else {
        return Ok(None);
    };
    let mut slides = Vec::new();
    let mut others = HashSet::new();
    for uid in uids {
        match state.catalog.slides_by_dicom_uid(entity, uid).await? {
            came if came.is_empty() => {
                others.insert(uid.to_string());
            }
            came => slides.extend(came),
        }
    }
    if others.is_empty() {
        return Ok(Some(slides));
    }
    let hashed = by_hash(state, others, roles).await?;
    Ok(hashed.map(|hashed| slides.into_iter().chain(hashed).collect()))
}

/// Hashes the id of every slide there is: half a second of one processor for each million and each
/// role that is tried. `None` where not all are found.
async fn by_hash(
    state: &DicomwebState,
    wanted: HashSet<String>,
    roles: &[UidRole],
) -> Result<Option<Vec<SlideId>>, DicomwebError> {
    let n_wanted = wanted.len();
    let all = state.directory.all().await?;
    let roles = roles.to_vec();
    // The semaphore is never closed, so this only ever waits.
    let _place = state.places.acquire().await.ok();
    let search = move || {
        let n_wanted_of = |slide: &SlideId| {
            let uids = roles.iter().map(|role| DicomUid::derive(slide, *role));
            uids.filter(|uid| wanted.contains(uid.as_str())).count()
        };
        let found = all.into_iter().map(|slide| (slide, n_wanted_of(&slide)));
        found.filter(|(_, n)| *n > 0).collect::<Vec<_>>()
    };
    let found = tokio::task::spawn_blocking(search).await?;
    let n_found: usize = found.iter().map(|(_, n)| n).sum();
    Ok((n_found == n_wanted).then(|| found.into_iter().map(|(slide, _)| slide).collect()))
}
