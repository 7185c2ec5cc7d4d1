use metrics::{counter, describe_counter};

const ATTEMPTS: &str = "coverslip_webhook_attempts_total";

/// What an attempt to deliver a message came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookOutcome {
    Delivered,
    /// It is tried again later.
    Postponed,
    /// It is not tried any more: the receiver is gone, or this was the last attempt.
    Failed,
}

pub fn webhook_attempted(outcome: WebhookOutcome) {
    let outcome = match outcome {
        WebhookOutcome::Delivered => "delivered",
        WebhookOutcome::Postponed => "postponed",
        WebhookOutcome::Failed => "failed",
    };
    counter!(ATTEMPTS, "outcome" => outcome).increment(1);
}

pub(super) fn describe() {
    describe_counter!(
        ATTEMPTS,
        "Attempts to deliver a webhook's message: delivered, postponed to another attempt, or failed for good"
    );
}
