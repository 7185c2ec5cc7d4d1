use std::time::Duration;

use metrics::{Gauge, counter, describe_counter, describe_gauge, gauge};

const MESSAGES: &str = "coverslip_queue_messages";
const LAG: &str = "coverslip_queue_lag_seconds";
const DEAD: &str = "coverslip_queue_dead_letters";
const LOST: &str = "coverslip_queue_lost_total";

/// How full a stream of the queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicLevels {
    pub waiting: u64,
    pub in_flight: u64,
    pub dead: u64,
    /// Ever since the queue was made.
    pub lost: u64,
    /// How long the message that comes next has been due.
    pub lag: Duration,
}

/// Shows how full a stream is. All processes on one queue show the same.
pub fn topic_seen(topic: &'static str, levels: TopicLevels) {
    messages(topic, "waiting").set(levels.waiting as f64);
    messages(topic, "in_flight").set(levels.in_flight as f64);
    gauge!(LAG, "topic" => topic).set(levels.lag);
    gauge!(DEAD, "topic" => topic).set(levels.dead as f64);
    counter!(LOST, "topic" => topic).absolute(levels.lost);
}

/// The queue does not answer: what was shown before is no longer true.
pub fn topic_unknown(topic: &'static str) {
    messages(topic, "waiting").set(f64::NAN);
    messages(topic, "in_flight").set(f64::NAN);
    gauge!(LAG, "topic" => topic).set(f64::NAN);
    gauge!(DEAD, "topic" => topic).set(f64::NAN);
}

fn messages(topic: &'static str, place: &'static str) -> Gauge {
    gauge!(MESSAGES, "topic" => topic, "place" => place)
}

pub(super) fn describe() {
    describe_gauge!(
        MESSAGES,
        "Messages of a stream that wait for a worker or are in the hands of one (in_flight); NaN \
         while the queue does not answer. All processes show the same, so take the largest"
    );
    describe_gauge!(
        LAG,
        "Seconds for which the message that comes next has been due; NaN while the queue does not \
         answer"
    );
    describe_gauge!(
        DEAD,
        "Messages that were given up and wait for a person (`coverslip queue dead-letters`)"
    );
    describe_counter!(
        LOST,
        "Messages lost because the stream was full; the sweeper announces them again"
    );
}
