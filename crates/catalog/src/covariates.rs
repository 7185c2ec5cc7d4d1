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

    /// Puts `values` in the place of what was given before. What holds already is not given anew; of
    /// several who give at once, each has a revision.
    pub async fn give_covariates(
        &self,
        id: SlideId,
        values: &CovariateValues,
    ) -> Result<GivenCovariates, CatalogError> {
        loop {
            let before = self.covariates(id).await?;
            if before.values == *values {
                return Ok(before);
            }
            let revision = CovariateRevision(before.revision.0 + 1);
            if self.give_as(id, revision, values).await? {
                let values = values.clone();
                return Ok(GivenCovariates { revision, values });
            }
        }
    }

    /// `false` where somebody else has just given that revision.
    async fn give_as(
        &self,
        id: SlideId,
        revision: CovariateRevision,
        values: &CovariateValues,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "give covariates",
            "INSERT INTO slide_covariates (slide, revision, body, given_at_ms)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (slide, revision) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(revision.0)
        .bind(to_json("set of covariates", values)?)
        .bind(Utc::now().timestamp_millis())
        .about(id);
        Ok(self.records.execute(statement).await? == 1)
    }
}
