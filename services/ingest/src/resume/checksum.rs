use std::io::{self, Sink, Write};

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::{DigestWriter, Sha256Digest};
use sha1::{Digest, Sha1};

use super::{ResumeError, headers};

/// What `Upload-Checksum` may name.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

const NAME: &str = "Upload-Checksum";

/// What the bytes of one request must come to, and what they come to so far.
pub(super) enum Checksum {
    Sha1 {
        expected: [u8; 20],
        found: Sha1,
    },
    Sha256 {
        expected: Sha256Digest,
        found: DigestWriter<Sink>,
    },
}

impl Checksum {
    /// `None` where the request names none.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, ResumeError> {
        let text = headers::text(headers, NAME)?;
        text.map(Self::parse).transpose()
    }

    /// An algorithm and the sum in base64, a space between them.
    fn parse(text: &str) -> Result<Self, ResumeError> {
        let refused = |problem| ResumeError::Header {
            name: NAME,
            problem,
        };
        let (algorithm, sum) = text
            .split_once(' ')
            .ok_or_else(|| refused("it is an algorithm, a space and a sum"))?;
        let wrong_sum = || refused("the sum is not one of this algorithm in base64");
        let sum = STANDARD.decode(sum).ok().ok_or_else(wrong_sum)?;
        match algorithm {
            "sha1" => Ok(Self::Sha1 {
                expected: sum.try_into().ok().ok_or_else(wrong_sum)?,
                found: Sha1::new(),
            }),
            "sha256" => Ok(Self::Sha256 {
                expected: Sha256Digest::from_bytes(sum.try_into().ok().ok_or_else(wrong_sum)?),
                found: DigestWriter::new(io::sink()),
            }),
            _ => Err(refused("the algorithm is sha1 or sha256")),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1 { found, .. } => found.update(bytes),
            Self::Sha256 { found, .. } => {
                let _infallible = found.write_all(bytes);
            }
        }
    }

    /// Were these the bytes that were announced?
    pub(super) fn matches(self) -> bool {
        match self {
            Self::Sha1 { expected, found } => found.finalize()[..] == expected,
            Self::Sha256 { expected, found } => found.finish().1 == expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(header: &str, pieces: &[&[u8]]) -> Option<bool> {
        let mut checksum = Checksum::parse(header).ok()?;
        for piece in pieces {
            checksum.update(piece);
        }
        Some(checksum.matches())
    }

    #[test]
    fn known_sums_are_recognised() {
        // The example of the protocol, and the sha256 of the same words.
        let sha1 = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
        let sha256 = "sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
        for header in [sha1, sha256] {
            assert_eq!(
                matches(header, &[b"hello ", b"world"]),
                Some(true),
                "{header}"
            );
            assert_eq!(matches(header, &[b"hello worlt"]), Some(false), "{header}");
        }
    }

    #[test]
    fn what_is_no_checksum_is_refused() {
        let bad = [
            "",
            "sha1",
            "sha1 ",
            "sha1 ?",
            "sha1 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
            "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
            "md5 XrY7u+Ae7tCTyyK7j1rNww==",
        ];
        for header in bad {
            assert_eq!(matches(header, &[]), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn the_bytes_alone_decide(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            cut in 0..400_usize,
            noise in "\\PC{0,60}",
        ) {
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));
            let sha1 = format!("sha1 {}", STANDARD.encode(Sha1::digest(&bytes)));
            let digest = Sha256Digest::of(&bytes);
            let sha256 = format!("sha256 {}", STANDARD.encode(digest.as_bytes()));
            for header in [sha1, sha256] {
                prop_assert_eq!(matches(&header, &[head, tail]), Some(true));
                let more = [head, tail, b"x".as_slice()];
                prop_assert_eq!(matches(&header, &more), Some(false));
            }
            // Anything else is an error and never a crash.
            let _read = Checksum::parse(&noise);
        }
    }
}
