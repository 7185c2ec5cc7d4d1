use std::time::Duration;

/// How full a stream is, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages without a consumer: those that are due, and those whose pause is not over.
    pub waiting: u64,
    /// Messages handed out, for which an answer is owed.
    pub in_flight: u64,
    /// Dead letters.
    pub dead: u64,
    /// Messages lost because the stream was full, ever since the queue was made or Redis wiped.
    pub lost: u64,
    /// How long the message that waits longest has been due; zero where none is.
    pub lag: Duration,
}

impl Depth {
    /// Of two lanes of one stream, whose dead letters and losses are common.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            in_flight: self.in_flight + other.in_flight,
            dead: self.dead.max(other.dead),
            lost: self.lost.max(other.lost),
            lag: self.lag.max(other.lag),
        }
    }
}
