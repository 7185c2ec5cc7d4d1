use metrics::{counter, describe_counter};

const UPLOADS: &str = "coverslip_resumable_uploads_total";
const BYTES: &str = "coverslip_resumable_bytes_total";
const CUT: &str = "coverslip_resumable_cut_requests_total";

/// What became of an upload that comes piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResumableOutcome {
    Begun,
    /// It is a slide.
    Done,
    /// It was whole, and not what it should be.
    Refused,
    /// By whoever began it.
    Removed,
    Expired,
}

/// Counts uploads that came to this.
pub fn resumable_uploads(outcome: ResumableOutcome, n_uploads: u64) {
    let outcome = match outcome {
        ResumableOutcome::Begun => "begun",
        ResumableOutcome::Done => "done",
        ResumableOutcome::Refused => "refused",
        ResumableOutcome::Removed => "removed",
        ResumableOutcome::Expired => "expired",
    };
    counter!(UPLOADS, "outcome" => outcome).increment(n_uploads);
}

/// Counts bytes that outlive everything from now on.
pub fn resumable_bytes_kept(n_bytes: u64) {
    counter!(BYTES).increment(n_bytes);
}

/// Counts a request whose body ended early.
pub fn resumable_request_cut() {
    counter!(CUT).increment(1);
}

pub(super) fn describe() {
    describe_counter!(
        UPLOADS,
        "Resumable uploads that were begun, became slides (done), were refused when they were whole, \
         were removed by their sender, or expired"
    );
    describe_counter!(
        BYTES,
        "Bytes of resumable uploads that were stored and need not be sent again"
    );
    describe_counter!(
        CUT,
        "Requests of resumable uploads whose body ended early; what had come of it counts"
    );
}
