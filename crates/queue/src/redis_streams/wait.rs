use std::time::Duration;

use redis::RedisResult;
use redis::aio::ConnectionManager;

use super::RedisStreams;
use super::entry::Entry;
use super::lane::Lane;
use super::lease::Lease;
use crate::answer::Answer;

/// Waits for a new message on any of the lanes of one stream, on a connection of the caller's. Of
/// several the one of the first lane is given; the others go back at once.
pub(super) async fn wait<'lanes>(
    lanes: &'lanes [Lane],
    redis: &RedisStreams,
    connection: &mut ConnectionManager,
    at_most: Duration,
) -> RedisResult<Option<(&'lanes Lane, Entry)>> {
    let config = &redis.config;
    let mut read = redis::cmd("XREADGROUP");
    read.arg("GROUP").arg(&config.group).arg(&config.consumer);
    // Zero would be for ever.
    let at_most_ms = at_most.as_millis().clamp(1, 60_000) as u64;
    read.arg("COUNT").arg(1).arg("BLOCK").arg(at_most_ms);
    read.arg("STREAMS");
    for lane in lanes {
        read.arg(lane.keys().messages());
    }
    for _ in lanes {
        read.arg(">");
    }
    match read.query_async(connection).await {
        Ok(value) => Ok(first(lanes, Entry::from_read(value)?)),
        // Wiped while we waited: taking makes the group anew.
        Err(error) if matches!(error.code(), Some("NOGROUP" | "UNBLOCKED")) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Redis counts by stream: what came on two at the same moment comes together.
fn first(lanes: &[Lane], read: Vec<(String, Entry)>) -> Option<(&Lane, Entry)> {
    let mut first = None;
    for lane in lanes {
        let own = read.iter().filter(|(key, _)| key == lane.keys().messages());
        for (_, entry) in own {
            if first.is_none() {
                first = Some((lane, entry.clone()));
            } else {
                Lease::start(lane.clone(), entry.clone()).answer(Answer::HandBack);
            }
        }
    }
    first
}
