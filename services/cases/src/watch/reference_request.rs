use std::collections::BTreeSet;

use catalog::IsoWeek;
use http::ApiError;
use serde::Deserialize;

use super::ReferenceSelection;
use crate::models::require_words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReference {
    from: IsoWeek,
    to: IsoWeek,
    #[serde(default)]
    scanners: BTreeSet<String>,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    reason: String,
}

impl NewReference {
    pub(super) fn read(self) -> Result<(ReferenceSelection, String), ApiError> {
        require_words("reason", &self.reason)?;
        for scanner in &self.scanners {
            require_words("scanner", scanner)?;
        }
        let Self {
            from, to, scanners, ..
        } = self;
        Ok((ReferenceSelection { from, to, scanners }, self.reason))
    }
}

impl Closing {
    pub(super) fn read(self) -> Result<String, ApiError> {
        require_words("reason", &self.reason)?;
        Ok(self.reason)
    }
}
