use catalog::Catalog;
use flow::{ObjectKey, SlideId, SlideManifest};
use http::{ApiError, FirstRead, FirstReadRule};
use queue::Queue;
use reading::ResearchResults;
use store::Store;

/// What the routes share.
#[derive(Clone)]
pub struct FhirState {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) queue: Queue,
    pub(crate) first_read: FirstRead,
    pub(crate) research: ResearchResults,
}

impl FhirState {
    pub fn new(store: Store, catalog: Catalog, queue: Queue) -> Self {
        Self {
            first_read: FirstRead::new(FirstReadRule::default(), catalog.clone()),
            store,
            catalog,
            queue,
            research: ResearchResults::default(),
        }
    }

    /// Of an installation with this rule.
    pub fn reading_first(self, rule: FirstReadRule) -> Self {
        let first_read = FirstRead::new(rule, self.catalog.clone());
        Self { first_read, ..self }
    }

    /// Of an installation that lets such results out, or not.
    pub fn with_research(self, research: ResearchResults) -> Self {
        Self { research, ..self }
    }

    /// `None` until the slide is tiled.
    pub(crate) async fn manifest(&self, slide: SlideId) -> Result<Option<SlideManifest>, ApiError> {
        let key = ObjectKey::SlideManifest(slide);
        let Some(manifest) = self.store.find(&key).await? else {
            return Ok(None);
        };
        let manifest = serde_json::from_slice(&manifest).map_err(ApiError::internal)?;
        Ok(Some(manifest))
    }
}
