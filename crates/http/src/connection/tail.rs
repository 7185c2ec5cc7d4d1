use std::time::Duration;

use chrono::{DateTime, Timelike, Utc};
use tokio::time::Instant;

use crate::RequestId;

/// The end of a kept answer's head, where it differs from request to request: the value of
/// `x-request-id`, and the date.
pub(super) struct Tail {
    text: Vec<u8>,
    /// When the date in it is a second old.
    end: Instant,
}

impl Tail {
    pub(super) fn new() -> Self {
        let mut tail = Self {
            text: Vec::new(),
            end: Instant::now(),
        };
        tail.set_date(Utc::now(), tail.end);
        tail
    }

    pub(super) fn of(&mut self, id: RequestId, now: Instant) -> &[u8] {
        if self.end <= now {
            self.set_date(Utc::now(), now);
        }
        let digits = id.digits();
        self.text[..digits.len()].copy_from_slice(&digits);
        &self.text
    }

    fn set_date(&mut self, date: DateTime<Utc>, now: Instant) {
        let text = date.format("%a, %d %b %Y %H:%M:%S GMT");
        self.text = format!("{:16}\r\ndate: {text}\r\n\r\n", "").into_bytes();
        let nanoseconds = date.nanosecond().min(999_999_999);
        self.end = now + Duration::from_nanos(1_000_000_000 - u64::from(nanoseconds));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn says_the_id_of_each_request_and_the_date_to_the_second() {
        let mut tail = Tail::new();
        let start = Instant::now();
        let date = Utc.with_ymd_and_hms(1994, 11, 6, 8, 49, 37);
        let date = date.unwrap() + Duration::from_millis(900);
        tail.set_date(date, start);
        for _ in 0..2 {
            let id = RequestId::next();
            let text = format!("{id}\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
            assert_eq!(tail.of(id, start), text.as_bytes());
        }
        let later = tail.of(RequestId::next(), start + Duration::from_millis(100));
        assert!(!later.windows(4).any(|year| year == b"1994"));
    }
}
