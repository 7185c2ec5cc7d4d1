use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use catalog::{AuditAction, AuditEvent};
use flow::{BagHeader, EncoderRef, Precision, Sha256Digest, SlideId, TileIndex};
use http::{Access, ApiError, Json, Path, Role};
use serde::Serialize;
use serde_json::json;
use similarity::{Direction, SimilarityError};
use tokio::task::spawn_blocking;

use super::answer::{Answer, Found, Method};
use super::embedded::EmbeddedSlide;
use super::error::SimilarError;
use super::exact::best_of;
use super::indexed::Extent;
use super::request::{Place, Scope, Search, SearchBody, Wanted};
use crate::state::TilesState;

/// By whose embeddings the slide can be searched; the first is taken where a search names none.
#[derive(Debug, Serialize)]
struct Searchable {
    encoders: Vec<SearchableEncoder>,
}

#[derive(Debug, Serialize)]
struct SearchableEncoder {
    encoder: EncoderRef,
    precision: Precision,
    n_tiles: u64,
    /// Whether a text can be looked for.
    reads_text: bool,
}

/// What is looked for, and the tiles of the slide that it is made of.
struct Query {
    direction: Direction,
    /// Positions in the slide's bag; `None` of a text.
    asked_for: Option<Vec<usize>>,
}

/// `GET /api/v1/slides/{id}/similar`
pub(crate) async fn searchable(
    State(state): State<Arc<TilesState>>,
    Path(id): Path<SlideId>,
) -> Result<Response, ApiError> {
    let similar = &state.similar;
    state.catalog.known_slide(id).await?;
    let headers = similar.embedded.headers(id, &similar.encoders).await?;
    let encoder = |header: BagHeader| SearchableEncoder {
        reads_text: similar.reads_text_of(header.encoder.hash),
        encoder: header.encoder,
        precision: header.precision,
        n_tiles: header.n_instances,
    };
    let encoders = headers.into_iter().map(encoder).collect();
    let mut response = Json(Searchable { encoders }).into_response();
    let fresh = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, fresh);
    Ok(response)
}

/// `POST /api/v1/slides/{id}/similar`
///
/// How alike two places look says nothing of what either is, and no result is in the answer. But it
/// is a machine that says where to look next, so whoever has a first read to make of the slide makes
/// it before they search it. Of other slides the answer has places and pictures, which anybody may
/// see anyway, so their first reads are not asked for.
pub(crate) async fn search(
    State(state): State<Arc<TilesState>>,
    access: Access,
    Path(id): Path<SlideId>,
    Json(body): Json<SearchBody>,
) -> Result<Json<impl Serialize>, ApiError> {
    state.first_read.require(&access, id).await?;
    let search = body.checked()?;
    if search.scope == Scope::Case {
        // Which slides belong together is told to those who may see cases.
        access.require_any(&[Role::Pathologist, Role::Lis])?;
    }
    let bag = state.bag_to_search(id, search.encoder).await?;
    let slide = state.similar.embedded.get(id, bag.encoder.hash).await?;
    let query = state.query(&slide, &search.wanted).await?;
    let found = state.found(&slide, &query, &search).await?;
    put_on_record(&state, &access, &bag, &search, &found).await?;
    let query_tiles = query.asked_for.as_ref().map(Vec::len);
    Ok(Json(
        Answer::of(&state, &bag, search.scope, query_tiles, found).await?,
    ))
}

/// Who saw places of which slides. Not what was drawn or written.
async fn put_on_record(
    state: &TilesState,
    access: &Access,
    bag: &BagHeader,
    search: &Search,
    found: &Found,
) -> Result<(), SimilarError> {
    let mut slides: Vec<SlideId> = found.hits.iter().map(|hit| hit.slide).collect();
    slides.sort();
    slides.dedup();
    let sought = AuditEvent {
        actor: access.name().to_owned(),
        action: AuditAction::SimilarSought,
        slide: Some(bag.slide),
        detail: json!({
            "by": search.wanted.by(),
            "scope": search.scope,
            "encoder": bag.encoder.hash,
            "slides": slides,
        }),
    };
    state.catalog.audit(sought).await?;
    Ok(())
}

impl super::Similar {
    fn reads_text_of(&self, encoder: Sha256Digest) -> bool {
        self.text.as_ref().is_some_and(|text| text.is_of(encoder))
    }
}

impl TilesState {
    /// The bag by `asked`, or else the first that is known of.
    async fn bag_to_search(
        &self,
        slide: SlideId,
        asked: Option<Sha256Digest>,
    ) -> Result<BagHeader, SimilarError> {
        let (embedded, encoders) = (&self.similar.embedded, &self.similar.encoders);
        self.catalog.known_slide(slide).await?;
        let header = match asked {
            Some(encoder) => embedded.header(slide, encoder).await?,
            None => embedded.headers(slide, encoders).await?.into_iter().next(),
        };
        header.ok_or(SimilarError::NotEmbedded {
            slide,
            encoder: asked,
        })
    }

    async fn query(
        &self,
        slide: &Arc<EmbeddedSlide>,
        wanted: &Wanted,
    ) -> Result<Query, SimilarError> {
        match wanted {
            Wanted::Like(place) => self.like(slide, place).await,
            Wanted::Described(text) => self.described(&slide.header, text.clone()).await,
        }
    }

    async fn like(&self, slide: &Arc<EmbeddedSlide>, place: &Place) -> Result<Query, SimilarError> {
        let id = slide.header.slide;
        let base = self.slides.get(id).await?.manifest().await?.mpp;
        let (slide, place) = (Arc::clone(slide), place.clone());
        let query = spawn_blocking(move || {
            let asked_for = slide.meant(&place, base);
            if asked_for.is_empty() {
                return Err(SimilarError::NoTile(id));
            }
            let direction = Direction::mean(&slide.vectors, asked_for.iter().copied());
            Ok(Query {
                direction: direction.map_err(|error| match error {
                    SimilarityError::NoDirection => SimilarError::NoDirection,
                    other => other.into(),
                })?,
                asked_for: Some(asked_for),
            })
        });
        query.await?
    }

    async fn described(&self, bag: &BagHeader, text: String) -> Result<Query, SimilarError> {
        let tower = self.similar.text.as_ref();
        let tower = tower.filter(|tower| tower.is_of(bag.encoder.hash));
        let no_text = || SimilarError::NoText(bag.encoder.name.clone());
        let tower = Arc::clone(tower.ok_or_else(no_text)?);
        let direction = spawn_blocking(move || tower.direction(&text)).await??;
        Ok(Query {
            direction,
            asked_for: None,
        })
    }

    async fn found(
        &self,
        slide: &Arc<EmbeddedSlide>,
        query: &Query,
        search: &Search,
    ) -> Result<Found, SimilarError> {
        let header = &slide.header;
        match search.scope {
            Scope::Slide => self.found_in(&[header.slide], header, query, search).await,
            Scope::Case => {
                let place = self.catalog.known_slide(header.slide).await?.place;
                let case = place.ok_or(SimilarError::NoCase(header.slide))?.case;
                let rows = self.catalog.slides_of_case(case).await?;
                let slides: Vec<SlideId> = rows.iter().map(|row| row.id).collect();
                self.found_in(&slides, header, query, search).await
            }
            Scope::All => self.found_everywhere(slide, query, search).await,
        }
    }

    /// In some slides, one after the other; those that this encoder did not embed
    /// alike are left out.
    async fn found_in(
        &self,
        slides: &[SlideId],
        asked: &BagHeader,
        query: &Query,
        search: &Search,
    ) -> Result<Found, SimilarError> {
        let (mut hits, mut n_tiles, mut n_slides) = (Vec::new(), 0, 0);
        let embedded = &self.similar.embedded;
        for id in slides {
            let header = embedded.header(*id, asked.encoder.hash).await?;
            if header.is_none_or(|header| header.dimension != asked.dimension) {
                continue;
            }
            let slide = embedded.get(*id, asked.encoder.hash).await?;
            n_tiles += slide.header.n_instances;
            n_slides += 1;
            let asked_for = match *id == asked.slide {
                true => query.asked_for.clone().unwrap_or_default(),
                false => Vec::new(),
            };
            let (direction, n_hits) = (query.direction.clone(), search.n_hits);
            let found = spawn_blocking(move || slide.most_like(&direction, &asked_for, n_hits));
            hits.extend(found.await??);
        }
        Ok(Found {
            hits: best_of(hits, search.n_hits),
            method: Method::Exact,
            extent: Extent {
                n_tiles,
                of_tiles: n_tiles,
                n_slides,
                of_slides: slides.len(),
            },
        })
    }

    async fn found_everywhere(
        &self,
        slide: &Arc<EmbeddedSlide>,
        query: &Query,
        search: &Search,
    ) -> Result<Found, SimilarError> {
        let gathered = self.similar.everywhere.of(&slide.header).await?;
        let id = slide.header.slide;
        let asked_for = query.asked_for.iter().flatten();
        let asked_for: Vec<(SlideId, TileIndex)> =
            asked_for.map(|at| (id, slide.cells[*at])).collect();
        let (direction, n_hits) = (query.direction.clone(), search.n_hits);
        let found = spawn_blocking(move || {
            let tiles = gathered.tiles();
            Ok::<_, SimilarError>(Found {
                hits: tiles.most_like(&direction, &asked_for, n_hits)?,
                method: Method::Approximate,
                extent: tiles.extent(),
            })
        });
        found.await?
    }
}
