use metrics::{counter, describe_counter};

const BYTES: &str = "coverslip_upload_bytes_total";
const UPLOADS: &str = "coverslip_uploads_total";

/// What became of a file that was sent or dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadOutcome {
    New,
    /// The same bytes were received before.
    Known,
    /// Nothing was kept.
    Failed,
}

/// Counts bytes as they come in.
pub fn upload_bytes(n_bytes: u64) {
    counter!(BYTES).increment(n_bytes);
}

/// Counts a file whose last byte came, or that failed before.
pub fn upload_ended(outcome: UploadOutcome) {
    let outcome = match outcome {
        UploadOutcome::New => "new",
        UploadOutcome::Known => "known",
        UploadOutcome::Failed => "failed",
    };
    counter!(UPLOADS, "outcome" => outcome).increment(1);
}

pub(super) fn describe() {
    describe_counter!(
        BYTES,
        "Bytes of slides that came in, those of files that were not kept included"
    );
    describe_counter!(
        UPLOADS,
        "Files that came in: new ones, known ones, and those of which nothing was kept (failed)"
    );
}
