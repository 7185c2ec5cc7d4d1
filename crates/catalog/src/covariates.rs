use chrono::Utc;
use flow::{CovariateRevision, CovariateValues, GivenCovariates, SlideId};

use crate::columns::{from_json, get, to_json};
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

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

    /// Puts `values` in the place of what was given before. What holds already is not given anew.
    pub async fn give_covariates(
        &self,
        id: SlideId,
        values: &CovariateValues,
    ) -> Result<GivenCovariates, CatalogError> {
        let before = self.covariates(id).await?;
        if before.values == *values {
            return Ok(before);
        }
        // Of two who give at once the second one is refused, and may look and give again.
        let statement = Statement::to(
            "give covariates",
            "INSERT INTO slide_covariates (slide, revision, body, given_at_ms)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(id.to_string())
        .bind(i64::from(before.revision.0) + 1)
        .bind(to_json("set of covariates", values)?)
        .bind(Utc::now().timestamp_millis())
        .about(id);
        self.records.execute(statement).await?;
        self.covariates(id).await
    }
}
