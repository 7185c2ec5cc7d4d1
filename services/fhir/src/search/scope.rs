use catalog::{CaseRow, Catalog, CatalogError};
use flow::CaseId;
use http::ApiError;

use super::filter::{Filter, Token};
use super::query::SearchQuery;
use crate::kind::ResourceKind;
use crate::order::OrderKey;

/// Where a search has to look. Every condition is asked of what is found there all the same.
#[derive(Debug)]
pub(super) enum Scope {
    /// Through the catalog, the newest first.
    All,
    Cases(Vec<CaseRow>),
    Ids(Vec<String>),
}

impl Scope {
    /// By the first condition that leads somewhere.
    pub(super) async fn of(
        catalog: &Catalog,
        kind: ResourceKind,
        query: &SearchQuery,
    ) -> Result<Self, ApiError> {
        for filter in &query.filters {
            if let Some(scope) = Self::by(catalog, kind, filter).await? {
                return Ok(scope);
            }
        }
        match kind {
            ResourceKind::Provenance => Err(ApiError::bad_request(
                "Provenance is looked for by its `target`, as Observation/ID or \
                 DiagnosticReport/ID",
            )),
            _ => Ok(Self::All),
        }
    }

    async fn by(
        catalog: &Catalog,
        kind: ResourceKind,
        filter: &Filter,
    ) -> Result<Option<Self>, ApiError> {
        Ok(match filter {
            Filter::Id(ids) => Some(Self::Ids(ids.clone())),
            Filter::Subject(patient) => Some(Self::Cases(catalog.cases_of_patient(patient).await?)),
            Filter::BasedOn(order) => {
                let order = catalog.order(*order).await?;
                let case = order.map(|order| order.case);
                Some(Self::Cases(known(catalog, case).await?))
            }
            Filter::Identifier(token) if filter.is_private() => {
                Some(Self::Cases(named(catalog, kind, token).await?))
            }
            Filter::Target(target) => Some(Self::of_target(catalog, target).await?),
            Filter::Identifier(_) | Filter::Status(_) | Filter::LastUpdated(_) => None,
        })
    }

    async fn of_target(catalog: &Catalog, target: &str) -> Result<Self, ApiError> {
        if let Some(result) = target.strip_prefix("Observation/") {
            return Ok(Self::Ids(vec![result.to_owned()]));
        }
        let case = target.strip_prefix("DiagnosticReport/");
        let Some(case) = case.and_then(|id| id.parse().ok()) else {
            return Ok(Self::Cases(Vec::new()));
        };
        match catalog.known_case(case).await {
            Ok(case) => Ok(Self::Cases(vec![case])),
            // A search that finds nothing is no error.
            Err(CatalogError::UnknownCase { .. }) => Ok(Self::Cases(Vec::new())),
            Err(error) => Err(error.into()),
        }
    }
}

/// The cases that an identifier may be about: an accession number, or an order's own.
async fn named(
    catalog: &Catalog,
    kind: ResourceKind,
    token: &Token,
) -> Result<Vec<CaseRow>, ApiError> {
    let mut cases = Vec::new();
    if token.system.as_deref().unwrap_or_default().is_empty()
        && let Ok(accession) = catalog::PrivateName::new(&token.value)
    {
        cases.extend(catalog.case_of_accession(&accession).await?);
    }
    if kind == ResourceKind::ServiceRequest {
        let key = OrderKey {
            system: token.system.clone(),
            value: token.value.clone(),
        };
        let key = OrderKey::read(&key.to_string()).to_string();
        for order in catalog.orders_under_key(&key).await? {
            if cases.iter().all(|case: &CaseRow| case.id != order.case) {
                cases.push(catalog.known_case(order.case).await?);
            }
        }
    }
    Ok(cases)
}

async fn known(catalog: &Catalog, case: Option<CaseId>) -> Result<Vec<CaseRow>, ApiError> {
    Ok(match case {
        Some(case) => vec![catalog.known_case(case).await?],
        None => Vec::new(),
    })
}
