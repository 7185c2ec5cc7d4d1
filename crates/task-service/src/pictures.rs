use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// Leave to fetch pictures of one slide, for as long as a job takes.
#[derive(Clone, Serialize)]
pub struct Pictures {
    /// The slide's IIIF image, below which its regions lie.
    pub iiif: String,
    /// To be sent as a bearer token. It reads this slide's tiles and nothing else.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for Pictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pictures")
            .field("iiif", &self.iiif)
            .field("token", &"<redacted>")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
