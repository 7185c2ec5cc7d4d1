use std::sync::Arc;

use telemetry::TraceContext;

use crate::answer::Answer;
use crate::in_process;
use crate::redis_streams::Lease;

/// A message in the hands of a consumer. Dropped without an answer, it comes again.
#[must_use = "a delivery that is dropped is delivered again"]
pub struct Delivery<M> {
    message: M,
    attempt: u32,
    trace: Option<TraceContext>,
    hold: Hold,
    answer: Answer,
}

/// A message handed out, as it stands in the queue.
pub(crate) struct Taken {
    pub(crate) text: Arc<str>,
    pub(crate) attempt: u32,
    pub(crate) trace: Option<TraceContext>,
    pub(crate) hold: Hold,
}

/// What keeps a message from other consumers.
pub(crate) enum Hold {
    InProcess(in_process::Hold),
    Redis(Lease),
}

impl<M> Delivery<M> {
    pub(crate) fn new(message: M, taken: Taken) -> Self {
        Self {
            message,
            attempt: taken.attempt,
            trace: taken.trace,
            hold: taken.hold,
            answer: Answer::Retry,
        }
    }

    pub const fn message(&self) -> &M {
        &self.message
    }

    /// How often this message was delivered since it was last acknowledged: 1 the first time.
    ///
    /// Deliveries that were broken off count, those handed back do not.
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The step that published the message first, if it was one.
    pub const fn trace(&self) -> Option<&TraceContext> {
        self.trace.as_ref()
    }

    /// The work is done and its effects are in storage: forget the message.
    pub fn ack(mut self) {
        self.answer = Answer::Ack;
    }

    /// The work failed for a reason that may pass: deliver the message again after a pause.
    pub fn retry(self) {}

    /// The work was broken off through no fault of the message, as when the process ends: deliver
    /// it again at once, and do not count this delivery.
    pub fn hand_back(mut self) {
        self.answer = Answer::HandBack;
    }

    /// The work will never be done: put the message among the dead letters.
    pub fn give_up(mut self, reason: impl Into<String>) {
        self.answer = Answer::GiveUp {
            reason: reason.into(),
        };
    }
}

impl<M> Drop for Delivery<M> {
    fn drop(&mut self) {
        let answer = std::mem::replace(&mut self.answer, Answer::Retry);
        self.hold.answer(answer);
    }
}

impl Hold {
    pub(crate) fn answer(&mut self, answer: Answer) {
        match self {
            Self::InProcess(hold) => hold.answer(answer),
            Self::Redis(lease) => lease.answer(answer),
        }
    }
}
