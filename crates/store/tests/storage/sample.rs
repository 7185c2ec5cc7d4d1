//! Things to put into storage.

use bytes::Bytes;
use flow::{Sha256Digest, SlideId};

pub(crate) fn slide(n: u8) -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(&[n]))
}

/// `n` bytes that are the same each time and different for each `n`.
pub(crate) fn noise(n: usize) -> Bytes {
    let mut state = 0x9e37_79b9_7f4a_7c15 ^ n as u64;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(n).collect()
}
