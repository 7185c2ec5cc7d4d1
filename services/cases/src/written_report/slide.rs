use std::collections::BTreeSet;

use catalog::{FileName, ReviewRow, SlideRow};
use flow::{Heatmap, HeatmapLayer, ObjectKey, PixelSize, Prediction, SlideManifest};
use http::ApiError;
use pyramid::PyramidReader;
use report::{Block, Callout, Fact, Section, Tone};

use super::overview::Overlay;
use super::words::{self, time};
use super::{drawings, model, opinions, pictures, result};
use crate::CasesState;
use crate::slide_view::reason_text;

/// All of one slide that stands in a report.
pub(super) struct OfSlide<'a> {
    pub(super) row: &'a SlideRow,
    /// The latest of each task first.
    pub(super) predictions: &'a [Prediction],
    pub(super) reviews: &'a [ReviewRow],
}

impl OfSlide<'_> {
    /// Each result in a section, then what people said and drew. 409 of a slide that is not tiled.
    pub(super) async fn sections(&self, state: &CasesState) -> Result<Vec<Section>, ApiError> {
        let manifest = self.manifest(state).await?;
        let mut sections = vec![self.identity(&manifest)];
        if self.row.status.awaits_identity() {
            sections.push(self.not_matched());
            return Ok(sections);
        }
        let reader = PyramidReader::open_with(&state.deps.store, &manifest);
        let reader = reader.await.map_err(ApiError::internal)?;
        for prediction in self.newest_of_each_task() {
            sections.push(
                self.of_result(state, &reader, manifest.size, prediction)
                    .await?,
            );
            sections.push(Section {
                heading: format!("Model of {}", prediction.task.id),
                blocks: vec![Block::Facts(model::facts(prediction))],
            });
        }
        let drawn = state.deps.catalog.annotations(self.row.id).await?;
        sections.push(drawings::section(&drawn, manifest.mpp)?);
        sections.push(opinions::section(self.reviews));
        Ok(sections)
    }

    pub(super) fn newest_of_each_task(&self) -> Vec<&Prediction> {
        let mut seen = BTreeSet::new();
        let newest_first = self.predictions.iter();
        newest_first
            .filter(|prediction| seen.insert(&prediction.task.id))
            .collect()
    }

    async fn manifest(&self, state: &CasesState) -> Result<SlideManifest, ApiError> {
        let key = ObjectKey::SlideManifest(self.row.id);
        let Some(manifest) = state.deps.store.find(&key).await? else {
            return Err(ApiError::conflict(format!(
                "slide {} is not tiled yet: there is nothing to report",
                self.row.id
            )));
        };
        serde_json::from_slice(&manifest).map_err(ApiError::internal)
    }

    fn identity(&self, manifest: &SlideManifest) -> Section {
        let place = self.row.place.as_ref();
        let named = |text: Option<&catalog::PrivateName>| words::private(text);
        let (width, height) = manifest.size_um();
        let mut facts = vec![Fact::new("Slide", self.row.id.to_string())];
        if let Some(place) = place {
            facts.push(Fact::new("Part", named(place.part.as_ref())));
            facts.push(Fact::new("Block", named(place.block.as_ref())));
            facts.push(Fact::new("Stain", named(place.stain.as_ref())));
        }
        let file = self.row.file_name.as_ref().map(FileName::reveal);
        facts.extend(file.map(|name| Fact::new("File", name)));
        facts.push(Fact::new("Received", time(self.row.received_at)));
        let scanner = manifest.scanner.as_deref().unwrap_or(words::NONE);
        facts.push(Fact::new("Scanner", scanner));
        let size = format!(
            "{:.1} x {:.1} mm at {} um per pixel, {:.1} mm\u{b2} of tissue",
            width / 1_000.0,
            height / 1_000.0,
            manifest.mpp,
            manifest.tissue.area_mm2()
        );
        facts.push(Fact::new("Size", size));
        let mut blocks = vec![Block::Facts(facts)];
        if self.predictions.is_empty() {
            let words = "No task has a result for the slide.".to_owned();
            blocks.push(Block::Text(words));
        }
        Section {
            heading: "Slide".to_owned(),
            blocks,
        }
    }

    /// In place of all that was said of the slide: it could be another patient's.
    fn not_matched(&self) -> Section {
        let words = "What tasks and people said of it is left out until it is matched.";
        let mut lines = vec![words.to_owned()];
        lines.extend(reason_text(&self.row.status));
        Section {
            heading: "Not matched".to_owned(),
            blocks: vec![Block::Callout(Callout {
                tone: Tone::Open,
                lead: "It is not known which slide this is".to_owned(),
                lines,
            })],
        }
    }

    async fn of_result(
        &self,
        state: &CasesState,
        reader: &PyramidReader,
        size: PixelSize,
        prediction: &Prediction,
    ) -> Result<Section, ApiError> {
        let shows_figures = result::shows_figures(prediction);
        let overlay = self.overlay(state, prediction).await?;
        let mut blocks = vec![Block::Callout(result::callout(prediction))];
        blocks.extend(result::caution(prediction));
        blocks.push(Block::Facts(result::facts(prediction)));
        blocks.push(Block::Figures(
            pictures::overviews(reader, size, overlay).await?,
        ));
        let regions = pictures::regions(reader, prediction, shows_figures).await?;
        let words = "The regions that weighed most, in their order; colours as scanned.";
        blocks.push(Block::Text(words.to_owned()));
        blocks.push(Block::Figures(regions));
        Ok(Section {
            heading: format!("Result of {}", prediction.task.id),
            blocks,
        })
    }

    /// None of a result from before its heatmap was stored.
    async fn overlay(
        &self,
        state: &CasesState,
        prediction: &Prediction,
    ) -> Result<Option<Overlay>, ApiError> {
        let key = ObjectKey::Heatmap(self.row.id, prediction.name(), HeatmapLayer::Attention);
        let Some(bytes) = state.deps.store.find(&key).await? else {
            return Ok(None);
        };
        let outlined = prediction.top_tiles.iter().map(|tile| tile.rect_um);
        Ok(Some(Overlay {
            attention: Heatmap::decode(&bytes).map_err(ApiError::internal)?,
            outlined: outlined.take(pictures::MOST_REGIONS).collect(),
        }))
    }
}
