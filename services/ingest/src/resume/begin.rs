use catalog::{BegunUpload, NewUpload, UploadRow};
use chrono::Utc;
use telemetry::ResumableOutcome;

use super::{ResumeError, Uploads};
use crate::ReceiveError;

/// An upload that goes on from here.
pub(crate) enum Begun {
    New(UploadRow),
    Known(UploadRow),
}

impl Uploads {
    /// Begins an upload, as far as its key may.
    pub(crate) async fn begin(&self, new: &NewUpload) -> Result<Begun, ResumeError> {
        let quota = self.config.quota;
        let begun = self.deps.catalog.begin_upload(new, quota, Utc::now());
        match begun.await? {
            BegunUpload::New(upload) => {
                telemetry::resumable_uploads(ResumableOutcome::Begun, 1);
                Ok(Begun::New(upload))
            }
            BegunUpload::Known(upload) => Ok(Begun::Known(upload)),
            BegunUpload::OtherUnderKey => Err(ResumeError::OtherUnderKey),
            BegunUpload::TooManyBytes { unfinished, most } => {
                Err(ResumeError::TooManyBytes { unfinished, most })
            }
            BegunUpload::TooManySlides { n_slides, most } => {
                Err(ReceiveError::TooManySlides { n_slides, most }.into())
            }
        }
    }
}
