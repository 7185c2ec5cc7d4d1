use std::collections::HashSet;
use std::sync::Arc;

use flow::SlideId;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::Access;

use super::candidates::{Candidates, narrow};
use super::contents::Contents;
use super::entity::Entity;
use super::matching::Matching;
use super::query::{ResultPage, SearchQuery};
use crate::error::DicomwebError;
use crate::state::DicomwebState;
use crate::study::Instance;

/// Slides taken from the catalog at once.
const SLIDES: u32 = 200;
/// Slides whose headers one search may read.
const MOST_READ: u64 = 2000;
const READS: usize = 8;

/// A page of what matches.
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) has_more: bool,
}

/// Of a study or series one instance that matches, and the study that it is in.
pub(super) struct Hit {
    pub(super) instance: Instance,
    pub(super) contents: Arc<Contents>,
}

/// Goes through what whoever asks may see.
pub(super) struct Scan<'a> {
    state: &'a DicomwebState,
    access: &'a Access,
    entity: Entity,
    matching: Matching,
}

pub(super) async fn find(
    state: &DicomwebState,
    access: &Access,
    entity: Entity,
    query: &SearchQuery,
) -> Result<Found, DicomwebError> {
    let (candidates, left) = narrow(state, &query.filters).await?;
    let mut gathering = Gathering::new(query.page);
    let scan = Scan {
        state,
        access,
        entity,
        matching: Matching::new(left),
    };
    match candidates {
        Candidates::These(slides) => {
            let slides = scan.one_of_each_study(slides).await?;
            for slides in slides.chunks(SLIDES as usize) {
                gathering.take(scan.of_slides(slides).await?);
                if gathering.is_full() {
                    break;
                }
            }
        }
        Candidates::All => scan.all(&mut gathering).await?,
    }
    Ok(gathering.finish())
}

impl Scan<'_> {
    /// A study is found once, however many of its slides are named.
    async fn one_of_each_study(&self, slides: Vec<SlideId>) -> Result<Vec<SlideId>, DicomwebError> {
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for slide in slides {
            if seen.insert(slide) {
                let beside = self.state.catalog.slides_of_same_study(slide).await?;
                seen.extend(beside);
                kept.push(slide);
            }
        }
        Ok(kept)
    }

    /// Goes through the tiled slides, newest first.
    async fn all(&self, gathering: &mut Gathering) -> Result<(), DicomwebError> {
        // Where every slide is a study that matches, those before the page need no look.
        let is_countable = self.entity == Entity::Study && self.matching.takes_all_levels();
        let mut skipped = match is_countable {
            true => gathering.skip_all(),
            false => 0,
        };
        let mut n_read = 0;
        while !gathering.is_full() {
            if n_read >= MOST_READ {
                return Err(DicomwebError::TooBroad { scanned: n_read });
            }
            let slides = self.state.catalog.tiled_studies(skipped, SLIDES).await?;
            gathering.take(self.of_slides(&slides).await?);
            let n_slides = slides.len() as u64;
            if n_slides < u64::from(SLIDES) {
                return Ok(());
            }
            skipped += n_slides;
            n_read += n_slides;
        }
        Ok(())
    }

    /// What matches of the studies that some slides are in, in their order.
    async fn of_slides(&self, slides: &[SlideId]) -> Result<Vec<Hit>, DicomwebError> {
        let found: Vec<Vec<Hit>> = stream::iter(slides.to_vec())
            .map(|slide| self.of_slide(slide))
            .buffered(READS)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn of_slide(&self, slide: SlideId) -> Result<Vec<Hit>, DicomwebError> {
        let Some(study) = self.state.study_of(slide).await? else {
            return Ok(Vec::new());
        };
        let contents = Arc::new(Contents(self.state.contents(&study, self.access).await?));
        let mut found: Vec<Instance> = Vec::new();
        for instance in contents.cheapest_first() {
            let is_told = |other: &Instance| self.entity.is_same(other, instance);
            if found.iter().any(is_told) {
                continue;
            }
            if self.matching.takes(self.state, instance, &contents).await? {
                found.push(instance.clone());
            }
        }
        // As the study has them.
        let position = |instance: &Instance| {
            let uid = instance.uid();
            contents.0.iter().position(|other| other.uid() == uid)
        };
        found.sort_by_cached_key(position);
        let hit = |instance| Hit {
            instance,
            contents: Arc::clone(&contents),
        };
        Ok(found.into_iter().map(hit).collect())
    }
}

/// The page in the making.
struct Gathering {
    page: ResultPage,
    to_skip: u64,
    /// One more than the page has room for, to know that there are more.
    hits: Vec<Hit>,
}

impl Gathering {
    fn new(page: ResultPage) -> Self {
        Self {
            page,
            to_skip: page.offset,
            hits: Vec::new(),
        }
    }

    /// Leaves it to the caller to begin behind what the page skips.
    fn skip_all(&mut self) -> u64 {
        std::mem::take(&mut self.to_skip)
    }

    fn take(&mut self, found: Vec<Hit>) {
        let skipped = self.to_skip.min(found.len() as u64);
        self.to_skip -= skipped;
        self.hits.extend(found.into_iter().skip(skipped as usize));
    }

    fn is_full(&self) -> bool {
        self.hits.len() > self.page.limit
    }

    fn finish(mut self) -> Found {
        let has_more = self.is_full();
        self.hits.truncate(self.page.limit);
        Found {
            hits: self.hits,
            has_more,
        }
    }
}
