use anyhow::Result;
use catalog::MeteredKind;
use chrono::Utc;
use flow::Prediction;

use crate::MilDeps;
use crate::meter::meter;
use crate::observation::{Seen, observe};

/// A result, with what is kept beside it.
pub(crate) struct Made {
    pub(crate) prediction: Prediction,
    /// That it took; `None` of one that lay in storage.
    pub(crate) seconds: Option<f64>,
    /// `None` of one that lay in storage.
    pub(crate) seen: Option<Seen>,
}

impl Made {
    pub(crate) const fn before(prediction: Prediction) -> Self {
        Self {
            prediction,
            seconds: None,
            seen: None,
        }
    }

    /// Counts it. To be done before it is recorded: what is recorded is not scored again, so that
    /// nobody would count it for a process that died in between.
    pub(crate) async fn count(&self, deps: &MilDeps, kind: MeteredKind) -> Result<()> {
        Ok(meter(&deps.catalog, kind, &self.prediction, self.seconds).await?)
    }

    /// Keeps what slides are compared by, once it is recorded.
    pub(crate) async fn note(self, deps: &MilDeps) -> Result<Prediction> {
        let Self {
            prediction, seen, ..
        } = self;
        observe(&deps.store, &deps.catalog, &prediction, seen, Utc::now()).await?;
        Ok(prediction)
    }
}
