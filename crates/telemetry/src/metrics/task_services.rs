use metrics::{counter, describe_counter};

const REQUESTS: &str = "coverslip_task_service_requests_total";

/// What asking a task's service about a slide came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceOutcome {
    Answered,
    /// It is asked again later.
    Postponed,
    /// Its answer was wrong, or it refused: it is not asked again.
    Failed,
}

pub fn service_asked(outcome: ServiceOutcome) {
    let outcome = match outcome {
        ServiceOutcome::Answered => "answered",
        ServiceOutcome::Postponed => "postponed",
        ServiceOutcome::Failed => "failed",
    };
    counter!(REQUESTS, "outcome" => outcome).increment(1);
}

pub(super) fn describe() {
    describe_counter!(
        REQUESTS,
        "Times that a task's service was asked about a slide: answered, postponed or failed for good"
    );
}
