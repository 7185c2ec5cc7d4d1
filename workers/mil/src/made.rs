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

    /// Counts it, and keeps what slides are compared by. To be done before it is recorded: what is
    /// recorded is not scored again, so that nobody would do this for a process that died in between.
    pub(crate) async fn note(self, deps: &MilDeps, kind: MeteredKind) -> Result<Prediction> {
        let Self {
            prediction,
            seconds,
            seen,
        } = self;
        meter(&deps.catalog, kind, &prediction, seconds).await?;
        observe(&deps.store, &deps.catalog, &prediction, seen, Utc::now()).await?;
        Ok(prediction)
    }
}
