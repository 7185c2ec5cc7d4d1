use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt, TryStreamExt};
use http::{Accept, Access, ApiError, Origin, Path, Query};
use serde_json::{Map, Value};

use super::entity::Entity;
use super::query::SearchQuery;
use super::scan::{Hit, find};
use crate::address::{SeriesAddress, StudyAddress};
use crate::error::DicomwebError;
use crate::media::JSON;
use crate::state::DicomwebState;

const READS: usize = 8;

const LITERAL_ONLY: &str = "299 coverslip \"The fuzzymatching parameter is not supported. Only \
                            literal matching has been performed.\"";
const MORE: &str = "299 coverslip \"There are additional results that can be requested\"";

type Pairs = Vec<(String, String)>;

/// Who asks, and how the answer shall look.
struct Asked<'a> {
    state: &'a DicomwebState,
    access: Access,
    accept: Accept,
    origin: Origin<'a>,
}

pub(crate) async fn studies(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Query(pairs): Query<Pairs>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::new(&state, access, accept, &headers);
    Ok(asked.search(Entity::Study, pairs).await?)
}

pub(crate) async fn all_series(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Query(pairs): Query<Pairs>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::new(&state, access, accept, &headers);
    Ok(asked.search(Entity::Series, pairs).await?)
}

pub(crate) async fn all_instances(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Query(pairs): Query<Pairs>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::new(&state, access, accept, &headers);
    Ok(asked.search(Entity::Instance, pairs).await?)
}

pub(crate) async fn series_of_study(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<StudyAddress>,
    Query(pairs): Query<Pairs>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::new(&state, access, accept, &headers);
    let pairs = within(&address, pairs);
    Ok(asked.search(Entity::Series, pairs).await?)
}

pub(crate) async fn instances_of_study(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<StudyAddress>,
    Query(pairs): Query<Pairs>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::new(&state, access, accept, &headers);
    let pairs = within(&address, pairs);
    Ok(asked.search(Entity::Instance, pairs).await?)
}

pub(crate) async fn instances_of_series(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<SeriesAddress>,
    Query(pairs): Query<Pairs>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let asked = Asked::new(&state, access, accept, &headers);
    state.series(&address, &asked.access).await?;
    let SeriesAddress { study, series } = address;
    let mut pairs = within(&StudyAddress { study }, pairs);
    pairs.retain(|(name, _)| name != "SeriesInstanceUID" && name != "0020000E");
    pairs.push(("SeriesInstanceUID".to_owned(), series.to_string()));
    Ok(asked.search(Entity::Instance, pairs).await?)
}

/// What stands in the path goes before what stands in the query.
fn within(address: &StudyAddress, pairs: Pairs) -> Pairs {
    let is_other = |name: &str| name != "StudyInstanceUID" && name != "0020000D";
    let mut pairs: Pairs = pairs
        .into_iter()
        .filter(|(name, _)| is_other(name))
        .collect();
    pairs.push(("StudyInstanceUID".to_owned(), address.study.to_string()));
    pairs
}

impl<'a> Asked<'a> {
    fn new(
        state: &'a DicomwebState,
        access: Access,
        accept: Accept,
        headers: &'a HeaderMap,
    ) -> Self {
        Self {
            state,
            access,
            accept,
            origin: Origin::of(headers),
        }
    }

    /// No result is an empty list and no error (PS3.18 section 10.6.3.1, edition 2026a).
    async fn search(&self, entity: Entity, pairs: Pairs) -> Result<Response, DicomwebError> {
        let content_type = self.accept.choose(&JSON)?;
        let query = SearchQuery::parse(&pairs)?;
        let found = find(self.state, &self.access, entity, &query).await?;
        let describe = |hit: Hit| {
            let included = &query.included;
            async move {
                let header = self.state.header(&hit.instance).await?;
                let result = entity.describe(&header, &hit, included, self.origin);
                Ok::<_, DicomwebError>(result)
            }
        };
        let results: Vec<Map<String, Value>> = stream::iter(found.hits)
            .map(describe)
            .buffered(READS)
            .try_collect()
            .await?;
        let mut response = serde_json::to_vec(&results)?.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        for (is_due, warning) in [(query.is_fuzzy, LITERAL_ONLY), (found.has_more, MORE)] {
            if is_due {
                headers.append(header::WARNING, HeaderValue::from_static(warning));
            }
        }
        Ok(response)
    }
}
