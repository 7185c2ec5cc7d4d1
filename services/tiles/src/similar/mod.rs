//! Places that look like a place, by the embeddings that are stored anyway: in the same slide, in the
//! slides of its case, or in all slides.

mod answer;
mod config;
mod embedded;
mod error;
mod everywhere;
mod exact;
mod indexed;
mod region;
mod request;
mod serve;
mod text;

pub use config::{IndexConfig, SearchConfig};
pub use text::TextSearch;

pub(crate) use serve::{search, searchable};

use std::sync::Arc;

use catalog::Catalog;
use flow::Sha256Digest;
use store::Store;

use embedded::EmbeddedSlides;
use everywhere::Everywhere;

/// What searches need beside slides and the first read.
pub(crate) struct Similar {
    embedded: EmbeddedSlides,
    everywhere: Arc<Everywhere>,
    /// Whose bags are looked for where a slide's results name none.
    encoders: Vec<Sha256Digest>,
    text: Option<Arc<TextSearch>>,
}

impl Similar {
    pub(crate) fn new(store: Store, catalog: Catalog, config: SearchConfig) -> Self {
        let SearchConfig {
            index,
            mut encoders,
            text,
        } = config;
        encoders.extend(text.iter().flat_map(|text| text.encoders()));
        Self {
            embedded: EmbeddedSlides::new(store.clone(), catalog.clone()),
            everywhere: Arc::new(Everywhere::new(store, catalog, index)),
            encoders,
            text,
        }
    }
}
