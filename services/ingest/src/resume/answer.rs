use axum::http::{HeaderMap, HeaderName, HeaderValue};
use catalog::{UploadRow, UploadState};
use chrono::{DateTime, Utc};
use flow::SlideId;
use telemetry::TraceContext;

use super::join::join;
use super::{ResumeError, Uploads, expires_at, to_its_end};

/// Where an upload stands, as answers tell it.
pub(crate) struct Standing {
    n_kept: u64,
    outcome: Outcome,
}

enum Outcome {
    /// Until then, or until more is kept.
    Open(DateTime<Utc>),
    Done(SlideId),
}

impl Uploads {
    /// Where `upload` stands. One that is whole becomes a slide first, wherever that was left.
    pub(crate) async fn standing(
        &self,
        upload: &UploadRow,
        trace: Option<TraceContext>,
    ) -> Result<Standing, ResumeError> {
        let outcome = match upload.state {
            UploadState::Done(slide) => Outcome::Done(slide),
            _ if upload.is_whole() => {
                let rule = self.config.patient_pictures;
                let joined = join(self.deps.clone(), upload.clone(), rule, trace);
                Outcome::Done(to_its_end(joined).await?)
            }
            _ => Outcome::Open(expires_at(upload, self.config.uploads)),
        };
        Ok(Standing {
            n_kept: upload.n_kept,
            outcome,
        })
    }
}

impl Standing {
    /// `None` while bytes are missing.
    pub(crate) const fn slide(&self) -> Option<SlideId> {
        match self.outcome {
            Outcome::Open(_) => None,
            Outcome::Done(slide) => Some(slide),
        }
    }

    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let offset = HeaderName::from_static("upload-offset");
        headers.insert(offset, self.n_kept.into());
        let (name, value) = match &self.outcome {
            Outcome::Open(until) => ("upload-expires", http_date(until)),
            Outcome::Done(slide) => ("coverslip-slide", slide.to_string()),
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
        headers
    }
}

/// As RFC 9110 (5.6.7) has it.
fn http_date(at: &DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn a_date_is_written_as_http_has_it() {
        let at = Utc.with_ymd_and_hms(1994, 11, 6, 8, 49, 37);
        let written = at.single().as_ref().map(http_date);
        assert_eq!(written.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    }
}
