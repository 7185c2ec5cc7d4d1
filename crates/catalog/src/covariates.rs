use chrono::Utc;
use flow::{CovariateRevision, CovariateValues, GivenCovariates, SlideId};
use serde_json::json;

use crate::columns::{from_json, get, to_json};
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

impl Catalog {
    /// What holds of a slide now; nothing, at revision 0, where it was given none.
    pub async fn covariates(&self, id: SlideId) -> Result<GivenCovariates, CatalogError> {
        let statement = Statement::to(
            "read covariates",
            "SELECT revision, body FROM slide_covariates WHERE slide = $1
             ORDER BY revision DESC LIMIT 1",
        )
        .bind(id.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        let Some(row) = row else {
            return Ok(GivenCovariates::default());
        };
        let revision: i64 = get(&row, "revision")?;
        Ok(GivenCovariates {
            revision: u32::try_from(revision)
                .map(CovariateRevision)
                .map_err(CatalogError::damaged("revision"))?,
            values: from_json(&row, "body")?,
        })
    }

    /// Puts `values` in the place of what was given before; the audit trail says that `actor` did.
    /// What holds already is not given anew, but said there too; of several who give at once, each
    /// has a revision.
    pub async fn give_covariates(
        &self,
        actor: &str,
        id: SlideId,
        values: &CovariateValues,
    ) -> Result<GivenCovariates, CatalogError> {
        loop {
            let before = self.covariates(id).await?;
            if before.values == *values {
                self.audit(given(actor, id, &before)).await?;
                return Ok(before);
            }
            let revision = CovariateRevision(before.revision.0 + 1);
            let values = values.clone();
            let new = GivenCovariates { revision, values };
            if self.give_as(actor, id, &new).await? {
                return Ok(new);
            }
        }
    }

    /// `false` where somebody else has just given that revision.
    async fn give_as(
        &self,
        actor: &str,
        id: SlideId,
        new: &GivenCovariates,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "give covariates",
            "INSERT INTO slide_covariates (slide, revision, body, given_at_ms)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (slide, revision) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(new.revision.0)
        .bind(to_json("set of covariates", &new.values)?)
        .bind(Utc::now().timestamp_millis())
        .about(id);
        let event = given(actor, id, new);
        Ok(self.records.execute_on_record(statement, event).await? == 1)
    }
}

/// Names what was given, without its values.
fn given(actor: &str, slide: SlideId, new: &GivenCovariates) -> AuditEvent {
    let names: Vec<&str> = new.values.names().collect();
    AuditEvent {
        actor: actor.to_owned(),
        action: AuditAction::CovariatesGiven,
        slide: Some(slide),
        detail: json!({ "revision": new.revision, "names": names }),
    }
}
