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

/// Shows a process that delivers messages before it has: a first failure is a rise from 0.
pub fn webhooks_are_delivered() {
    use WebhookOutcome::{Delivered, Failed, Postponed};
    for outcome in [Delivered, Postponed, Failed] {
        count(outcome, 0);
    }
}

pub fn webhook_attempted(outcome: WebhookOutcome) {
    count(outcome, 1);
}

fn count(outcome: WebhookOutcome, n: u64) {
    let outcome = match outcome {
        WebhookOutcome::Delivered => "delivered",
        WebhookOutcome::Postponed => "postponed",
        WebhookOutcome::Failed => "failed",
    };
    counter!(ATTEMPTS, "outcome" => outcome).increment(n);
}

pub(super) fn describe() {
    describe_counter!(
        ATTEMPTS,
        "Attempts to deliver a webhook's message: delivered, postponed to another attempt, or failed for good"
    );
}
