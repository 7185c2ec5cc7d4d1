use chrono::Utc;
use flow::{PrivateName, SlideId};

use super::record::{IdentityRow, IdentityStanding, SlideIdentity};
use crate::columns::{from_json, get, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// How often a note is tried while others note the same slide.
const MOST_TRIES: usize = 8;
const NOTE: &str = "note a slide's identity";

macro_rules! identity_columns {
    () => {
        "slide, revision, body, noted_at_ms"
    };
}

/// Of rows that hold: the highest revision of each slide.
macro_rules! holds {
    () => {
        "revision = (SELECT max(any_of_it.revision) FROM slide_identities AS any_of_it
                     WHERE any_of_it.slide = slide_identities.slide)"
    };
}

impl Catalog {
    /// What is known of which slide it is; `None` where nobody looked yet, or nothing was found.
    pub async fn identity(&self, slide: SlideId) -> Result<Option<IdentityRow>, CatalogError> {
        let statement = Statement::to(
            "read a slide's identity",
            concat!(
                "SELECT ",
                identity_columns!(),
                " FROM slide_identities WHERE slide = $1 ORDER BY revision DESC LIMIT 1"
            ),
        )
        .bind(slide.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| read_identity(&row)).transpose()
    }

    /// Notes what is known now. What holds already is not noted again; who notes over what somebody
    /// else has just noted has the last word.
    pub async fn note_identity(
        &self,
        slide: SlideId,
        identity: &SlideIdentity,
    ) -> Result<(), CatalogError> {
        for _ in 0..MOST_TRIES {
            let newest = self.identity(slide).await?;
            if newest.as_ref().is_some_and(|row| row.identity == *identity) {
                return Ok(());
            }
            let seen = newest.map_or(0, |row| row.revision);
            if self.note_after(slide, seen, identity).await? {
                return Ok(());
            }
        }
        Err(CatalogError::TooMany {
            what: "findings on one slide",
        })
    }

    /// `false` where `seen` is not the newest any more.
    async fn note_after(
        &self,
        slide: SlideId,
        seen: u32,
        identity: &SlideIdentity,
    ) -> Result<bool, CatalogError> {
        let mut transaction = self.records.begin(NOTE).await?;
        let is_noted = transaction
            .execute(noting(NOTE, slide, seen, identity)?)
            .await?
            == 1;
        if is_noted && identity.standing != IdentityStanding::Matched {
            for accession in identity.accessions() {
                transaction.execute(naming(slide, seen, accession)).await?;
            }
        }
        transaction.commit().await?;
        Ok(is_noted)
    }

    /// Slides that wait to be told which they are, those that wait longest first. An `after` that is
    /// not in the catalog gives an empty page.
    pub async fn to_reconcile(
        &self,
        after: Option<SlideId>,
        limit: u32,
    ) -> Result<Vec<IdentityRow>, CatalogError> {
        let statement = Statement::to(
            "list the slides to be matched",
            concat!(
                "SELECT ",
                identity_columns!(),
                " FROM slide_identities WHERE standing IN ('contradicted', 'unmatched') AND ",
                holds!(),
                " AND ($1 IS NULL OR (noted_at_ms, slide) >
                     (SELECT last_one.noted_at_ms, last_one.slide FROM slide_identities AS last_one
                      WHERE last_one.slide = $1 ORDER BY last_one.revision DESC LIMIT 1))
                 ORDER BY noted_at_ms, slide LIMIT $2"
            ),
        )
        .bind(after.map(|slide| slide.to_string()))
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_identity).collect()
    }

    /// Slides of which somebody names this case, and which are not matched.
    pub async fn slides_naming(
        &self,
        accession: &PrivateName,
    ) -> Result<Vec<IdentityRow>, CatalogError> {
        let statement = Statement::to(
            "list the slides that name a case",
            concat!(
                "SELECT ",
                identity_columns!(),
                " FROM slide_identities
                 WHERE EXISTS (SELECT 1 FROM slide_identity_accessions AS named
                               WHERE named.slide = slide_identities.slide
                                 AND named.revision = slide_identities.revision
                                 AND named.accession = $1)
                   AND ",
                holds!(),
                " ORDER BY noted_at_ms, slide"
            ),
        )
        .bind(accession.reveal());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_identity).collect()
    }
}

/// Inserts the revision after `seen`, if that is still the newest.
pub(super) fn noting(
    action: &'static str,
    slide: SlideId,
    seen: u32,
    identity: &SlideIdentity,
) -> Result<Statement, CatalogError> {
    let statement = Statement::to(
        action,
        "INSERT INTO slide_identities (slide, revision, standing, body, noted_at_ms)
         SELECT $1, $2, $3, $4, $5
         WHERE coalesce((SELECT max(revision) FROM slide_identities WHERE slide = $1), 0) + 1 = $2
         ON CONFLICT DO NOTHING",
    );
    Ok(statement
        .bind(slide.to_string())
        .bind(seen.saturating_add(1))
        .bind(identity.standing.name())
        .bind(to_json("slide's identity", identity)?)
        .bind(Utc::now().timestamp_millis())
        .about(slide))
}

fn naming(slide: SlideId, seen: u32, accession: &PrivateName) -> Statement {
    Statement::to(
        NOTE,
        "INSERT INTO slide_identity_accessions (slide, revision, accession) VALUES ($1, $2, $3)",
    )
    .bind(slide.to_string())
    .bind(seen.saturating_add(1))
    .bind(accession.reveal())
    .about(slide)
}

fn read_identity(row: &Row) -> Result<IdentityRow, CatalogError> {
    let revision: i64 = get(row, "revision")?;
    Ok(IdentityRow {
        slide: parse(row, "slide")?,
        revision: u32::try_from(revision).map_err(CatalogError::damaged("revision"))?,
        identity: from_json(row, "body")?,
        noted_at: get_time(row, "noted_at_ms")?,
    })
}
