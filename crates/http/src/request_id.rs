use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::HeaderValue;

/// Names one request in its answer and in our logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u64);

tokio::task_local! {
    static CURRENT: RequestId;
}

impl RequestId {
    /// That of the request which this task is answering.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    pub(crate) fn next() -> Self {
        static START: LazyLock<u64> = LazyLock::new(rand::random);
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(mixed(
            START.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)),
        ))
    }

    pub(crate) async fn within<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    pub(crate) fn header(self) -> Option<HeaderValue> {
        HeaderValue::from_bytes(&self.digits()).ok()
    }

    pub(crate) fn digits(self) -> [u8; 16] {
        let mut digits = [0; 16];
        for (i, digit) in digits.iter_mut().enumerate() {
            let nibble = (self.0 >> (60 - 4 * i)) & 0xf;
            *digit = b"0123456789abcdef"[nibble as usize];
        }
        digits
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One of a kind for each number, with no likeness between neighbours (the finaliser of
/// SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
const fn mixed(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_read_the_same_in_header_and_log() {
        let (first, second) = (RequestId::next(), RequestId::next());
        assert_ne!(first, second);
        assert_eq!(first.digits(), first.to_string().as_bytes());
    }
}
