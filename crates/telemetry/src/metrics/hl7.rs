use metrics::{counter, describe_counter};

const ORDERS: &str = "coverslip_hl7_orders_total";
const RESULTS: &str = "coverslip_hl7_results_total";
const CLOSED: &str = "coverslip_hl7_connections_closed_total";

/// What a message with orders was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hl7OrdersOutcome {
    Accepted,
    /// It came before, and has the same answer again.
    Repeated,
    /// Its sender has to mend it.
    Refused,
    /// The catalog did not take it: its sender tries again.
    Postponed,
}

/// What an attempt to send results came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hl7ResultsOutcome {
    Delivered,
    /// It is tried again later.
    Postponed,
    /// It is not tried any more: the receiver refused them, or never answered.
    Failed,
}

/// Why a connection was closed that its peer had not done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hl7Closed {
    /// Its address is none that may order.
    NotAllowed,
    /// There are too many.
    TooMany,
    /// Nothing came for too long.
    Quiet,
    /// What came was no message, or no TLS, or did not come in time.
    Broken,
}

/// Shows a process that takes orders before one comes: a first one is a rise from 0.
pub fn hl7_orders_are_taken() {
    use Hl7OrdersOutcome::{Accepted, Postponed, Refused, Repeated};
    for outcome in [Accepted, Repeated, Refused, Postponed] {
        orders(outcome, 0);
    }
    use Hl7Closed::{Broken, NotAllowed, Quiet, TooMany};
    for reason in [NotAllowed, TooMany, Quiet, Broken] {
        closed(reason, 0);
    }
}

pub fn hl7_orders_answered(outcome: Hl7OrdersOutcome) {
    orders(outcome, 1);
}

pub fn hl7_connection_closed(reason: Hl7Closed) {
    closed(reason, 1);
}

/// Shows a process that sends results before it has.
pub fn hl7_results_are_sent() {
    use Hl7ResultsOutcome::{Delivered, Failed, Postponed};
    for outcome in [Delivered, Postponed, Failed] {
        results(outcome, 0);
    }
}

pub fn hl7_results_attempted(outcome: Hl7ResultsOutcome) {
    results(outcome, 1);
}

fn orders(outcome: Hl7OrdersOutcome, n: u64) {
    let outcome = match outcome {
        Hl7OrdersOutcome::Accepted => "accepted",
        Hl7OrdersOutcome::Repeated => "repeated",
        Hl7OrdersOutcome::Refused => "refused",
        Hl7OrdersOutcome::Postponed => "postponed",
    };
    counter!(ORDERS, "outcome" => outcome).increment(n);
}

fn closed(reason: Hl7Closed, n: u64) {
    let reason = match reason {
        Hl7Closed::NotAllowed => "not_allowed",
        Hl7Closed::TooMany => "too_many",
        Hl7Closed::Quiet => "quiet",
        Hl7Closed::Broken => "broken",
    };
    counter!(CLOSED, "reason" => reason).increment(n);
}

fn results(outcome: Hl7ResultsOutcome, n: u64) {
    let outcome = match outcome {
        Hl7ResultsOutcome::Delivered => "delivered",
        Hl7ResultsOutcome::Postponed => "postponed",
        Hl7ResultsOutcome::Failed => "failed",
    };
    counter!(RESULTS, "outcome" => outcome).increment(n);
}

pub(super) fn describe() {
    describe_counter!(
        ORDERS,
        "HL7 messages with orders: accepted, repeated, refused, or postponed because the catalog did not answer"
    );
    describe_counter!(
        CLOSED,
        "HL7 connections that were closed on their peer: not allowed, too many, quiet for too long, or broken"
    );
    describe_counter!(
        RESULTS,
        "Attempts to send results by HL7: delivered, postponed to another attempt, or failed for good"
    );
}
