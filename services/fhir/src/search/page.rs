use catalog::{CasePage, CaseStanding, Page};
use http::ApiError;

use super::bundle::Bundle;
use super::cursor::Cursor;
use super::found::Found;
use super::gather::Gatherer;
use super::query::SearchQuery;
use super::scope::Scope;
use crate::kind::ResourceKind;
use crate::resource::AuditEventResource;

/// Entries of the catalog that are looked at for one answer, before it is given with what was found.
const MOST_LOOKED_AT: usize = 300;
const BATCH: u32 = 20;
/// Of a search that has no further pages.
const MOST_PRIVATE: usize = 1_000;

/// Entries of the catalog in their order, each with the resources that are made of it.
#[derive(Default)]
struct Batch {
    entries: Vec<(String, Vec<Found>)>,
    /// Where it goes on, unless it ends here.
    then: Option<String>,
}

/// What was found, from where the query says.
pub(crate) async fn search(
    mut gatherer: Gatherer<'_>,
    query: &SearchQuery,
) -> Result<Bundle, ApiError> {
    let scope = Scope::of(&gatherer.state.catalog, gatherer.kind, query).await?;
    let count = match query.is_private {
        true => MOST_PRIVATE,
        false => query.count,
    };
    let (found, next) = page(&mut gatherer, &scope, query, count).await?;
    if query.is_private && next.is_some() {
        return Err(ApiError::unprocessable(format!(
            "more than {MOST_PRIVATE} resources fit: narrow the search, by a status or \
             _lastUpdated"
        )));
    }
    Ok(Bundle::of(&gatherer, query, found, next))
}

async fn page(
    gatherer: &mut Gatherer<'_>,
    scope: &Scope,
    query: &SearchQuery,
    count: usize,
) -> Result<(Vec<Found>, Option<Cursor>), ApiError> {
    let Cursor {
        mut after,
        mut skip,
    } = query.cursor.clone();
    let mut found = Vec::new();
    let mut n_looked_at = 0;
    loop {
        let batch = gatherer.batch(scope, after.as_deref()).await?;
        n_looked_at += batch.entries.len();
        for (entry, made) in batch.entries {
            let room = count - found.len();
            let fits = |made: &Found| query.filters.iter().all(|f| f.holds(&made.facts));
            let mut fitting: Vec<_> = made.into_iter().filter(fits).skip(skip).collect();
            if fitting.len() > room {
                fitting.truncate(room);
                found.append(&mut fitting);
                let skip = skip + room;
                return Ok((found, Some(Cursor { after, skip })));
            }
            found.append(&mut fitting);
            (after, skip) = (Some(entry), 0);
        }
        let Some(then) = batch.then else {
            return Ok((found, None));
        };
        after = Some(then);
        if found.len() == count || n_looked_at >= MOST_LOOKED_AT {
            return Ok((found, Some(Cursor { after, skip: 0 })));
        }
    }
}

impl Gatherer<'_> {
    async fn batch(&mut self, scope: &Scope, after: Option<&str>) -> Result<Batch, ApiError> {
        match scope {
            Scope::All => self.newest(after).await,
            Scope::Cases(rows) => {
                let mut made = Vec::new();
                for row in rows {
                    let of_case = self.of_case(row.clone()).await;
                    made.extend(self.shown(of_case)?);
                }
                Ok(Batch::whole(made))
            }
            Scope::Ids(ids) => {
                let mut made = Vec::new();
                for id in ids {
                    let one = self.by_id(id).await.map(|found| vec![found]);
                    made.extend(self.shown(one)?);
                }
                Ok(Batch::whole(made))
            }
        }
    }

    async fn newest(&mut self, after: Option<&str>) -> Result<Batch, ApiError> {
        match self.kind {
            ResourceKind::ServiceRequest => self.orders(after).await,
            ResourceKind::Specimen | ResourceKind::ImagingStudy | ResourceKind::Observation => {
                self.slides(after).await
            }
            ResourceKind::DiagnosticReport => self.cases(after).await,
            ResourceKind::Device => Ok(Batch::whole(self.devices().await?)),
            ResourceKind::AuditEvent => self.audit_trail(after).await,
            // Looked for by its target alone.
            ResourceKind::Provenance => Ok(Batch::default()),
        }
    }

    async fn orders(&self, after: Option<&str>) -> Result<Batch, ApiError> {
        let after = parsed(after)?;
        let rows = self.state.catalog.orders(after, BATCH).await?;
        let mut batch = Batch::default();
        for row in rows {
            let id = row.id.to_string();
            batch
                .entries
                .push((id.clone(), vec![self.by_id(&id).await?]));
        }
        Ok(batch.going_on())
    }

    async fn slides(&mut self, after: Option<&str>) -> Result<Batch, ApiError> {
        let page = Page {
            after: parsed(after)?,
            limit: BATCH,
        };
        let mut batch = Batch::default();
        for row in self.state.catalog.slides(page).await? {
            let id = row.id.to_string();
            let of_slide = self.of_slide(row).await;
            batch.entries.push((id, self.shown(of_slide)?));
        }
        Ok(batch.going_on())
    }

    /// Those that are open, then those that are signed.
    async fn cases(&mut self, after: Option<&str>) -> Result<Batch, ApiError> {
        let (standing, after) = match after {
            None => (CaseStanding::Open, None),
            Some(after) => match after.split_once('-') {
                Some(("open", id)) => (CaseStanding::Open, Some(id)),
                Some(("signed", id)) => (CaseStanding::Signed, Some(id)),
                _ => return Err(strange_cursor()),
            },
        };
        let page = CasePage {
            standing,
            after: parsed(after.filter(|id| !id.is_empty()))?,
            limit: BATCH,
        };
        let word = match standing {
            CaseStanding::Open => "open",
            CaseStanding::Signed => "signed",
        };
        let mut batch = Batch::default();
        for row in self.state.catalog.cases(page).await? {
            let id = format!("{word}-{}", row.id);
            let of_case = self.of_case(row).await;
            batch.entries.push((id, self.shown(of_case)?));
        }
        let batch = batch.going_on();
        match (standing, &batch.then) {
            (CaseStanding::Open, None) => Ok(Batch {
                then: Some("signed-".to_owned()),
                ..batch
            }),
            _ => Ok(batch),
        }
    }

    async fn audit_trail(&self, after: Option<&str>) -> Result<Batch, ApiError> {
        let before = parsed(after)?;
        let rows = self.state.catalog.audit_trail(before, BATCH).await?;
        let made = rows.iter().map(|row| {
            let made = Found::audit_event(AuditEventResource::of(row));
            (row.seq.to_string(), vec![made])
        });
        let batch = Batch {
            entries: made.collect(),
            then: None,
        };
        Ok(batch.going_on())
    }

    /// What is not there is not found; what is kept back is left out, and the answer says so.
    fn shown(&mut self, made: Result<Vec<Found>, ApiError>) -> Result<Vec<Found>, ApiError> {
        match made {
            Err(error) if error.is_forbidden() => {
                self.has_kept_back = true;
                Ok(Vec::new())
            }
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            made => made,
        }
    }
}

impl Batch {
    /// All there is.
    fn whole(made: Vec<Found>) -> Self {
        Self {
            entries: vec![(String::new(), made)],
            then: None,
        }
    }

    /// One of a list that goes on unless this is less than was asked for.
    fn going_on(self) -> Self {
        let is_full = self.entries.len() as u64 == u64::from(BATCH);
        let last = self.entries.last().filter(|_| is_full);
        Self {
            then: last.map(|(entry, _)| entry.clone()),
            ..self
        }
    }
}

fn parsed<T: std::str::FromStr>(after: Option<&str>) -> Result<Option<T>, ApiError> {
    let after = after.map(str::parse).transpose();
    after.ok().ok_or_else(strange_cursor)
}

fn strange_cursor() -> ApiError {
    ApiError::bad_request("_after is not one that was given: follow the `next` links")
}
