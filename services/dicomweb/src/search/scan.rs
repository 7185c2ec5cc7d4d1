use flow::SlideId;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::candidates::{Candidates, narrow};
use super::entity::Entity;
use super::filter::Filter;
use super::query::{ResultPage, SearchQuery};
use crate::error::DicomwebError;
use crate::state::DicomwebState;
use crate::study::Instance;

/// Slides taken from the catalog at once.
const SLIDES: u32 = 200;
/// Slides whose headers one search may read.
const MOST_READ: u64 = 2000;
const READS: usize = 8;

/// A page of what matches. Of a study or series it has one instance that does.
pub(super) struct Found {
    pub(super) instances: Vec<Instance>,
    pub(super) has_more: bool,
}

pub(super) async fn find(
    state: &DicomwebState,
    entity: Entity,
    query: &SearchQuery,
) -> Result<Found, DicomwebError> {
    let (candidates, left) = narrow(state, &query.filters).await?;
    let mut gathering = Gathering::new(query.page);
    match candidates {
        Candidates::These(slides) => {
            for slides in slides.chunks(SLIDES as usize) {
                gathering.take(matching(state, entity, &left, slides).await?);
                if gathering.is_full() {
                    break;
                }
            }
        }
        Candidates::All => scan(state, entity, &left, &mut gathering).await?,
    }
    Ok(gathering.finish())
}

/// Goes through the tiled slides, newest first.
async fn scan(
    state: &DicomwebState,
    entity: Entity,
    filters: &[Filter],
    gathering: &mut Gathering,
) -> Result<(), DicomwebError> {
    // Without filters each slide is one study and one series: those before the page need no look.
    let is_countable = filters.is_empty() && entity < Entity::Instance;
    let mut skipped = match is_countable {
        true => gathering.skip_all(),
        false => 0,
    };
    let mut n_read = 0;
    while !gathering.is_full() {
        if n_read >= MOST_READ {
            return Err(DicomwebError::TooBroad { scanned: n_read });
        }
        let slides = state.catalog.tiled_slides(skipped, SLIDES).await?;
        gathering.take(matching(state, entity, filters, &slides).await?);
        let n_slides = slides.len() as u64;
        if n_slides < u64::from(SLIDES) {
            return Ok(());
        }
        skipped += n_slides;
        n_read += n_slides;
    }
    Ok(())
}

/// What matches of some slides, in their order.
async fn matching(
    state: &DicomwebState,
    entity: Entity,
    filters: &[Filter],
    slides: &[SlideId],
) -> Result<Vec<Instance>, DicomwebError> {
    let found: Vec<Vec<Instance>> = stream::iter(slides.to_vec())
        .map(|slide| of_slide(state, entity, filters, slide))
        .buffered(READS)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

async fn of_slide(
    state: &DicomwebState,
    entity: Entity,
    filters: &[Filter],
    slide: SlideId,
) -> Result<Vec<Instance>, DicomwebError> {
    let Some(study) = state.study_of(slide).await? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    // The coarsest levels first: their headers are the shortest.
    for instance in study.instances().rev() {
        if is_match(state, filters, &instance).await? {
            found.push(instance);
            if entity < Entity::Instance {
                return Ok(found);
            }
        }
    }
    found.reverse();
    Ok(found)
}

async fn is_match(
    state: &DicomwebState,
    filters: &[Filter],
    instance: &Instance,
) -> Result<bool, DicomwebError> {
    if filters.is_empty() {
        return Ok(true);
    }
    let header = state.metadata.of(instance).await?;
    Ok(filters.iter().all(|filter| filter.matches(&header)))
}

/// The page in the making.
struct Gathering {
    page: ResultPage,
    to_skip: u64,
    /// One more than the page has room for, to know that there are more.
    instances: Vec<Instance>,
}

impl Gathering {
    fn new(page: ResultPage) -> Self {
        Self {
            page,
            to_skip: page.offset,
            instances: Vec::new(),
        }
    }

    /// Leaves it to the caller to begin behind what the page skips.
    fn skip_all(&mut self) -> u64 {
        std::mem::take(&mut self.to_skip)
    }

    fn take(&mut self, found: Vec<Instance>) {
        let skipped = self.to_skip.min(found.len() as u64);
        self.to_skip -= skipped;
        self.instances
            .extend(found.into_iter().skip(skipped as usize));
    }

    fn is_full(&self) -> bool {
        self.instances.len() > self.page.limit
    }

    fn finish(mut self) -> Found {
        let has_more = self.is_full();
        self.instances.truncate(self.page.limit);
        Found {
            instances: self.instances,
            has_more,
        }
    }
}
