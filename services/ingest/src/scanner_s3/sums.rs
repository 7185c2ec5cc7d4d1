//! What the bytes of one request must come to.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::Sha256Digest;
use s3s::TrailingHeaders;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::Checksum;

/// As the request's head named them, or its trailer will.
pub(super) struct Announced {
    head: HeaderMap,
    trailer: Option<TrailingHeaders>,
}

/// Of the bytes that came so far: those that are announced, and the sha256 by which a part is known.
pub(super) struct Sums {
    own: ChecksumHasher,
    md5: Option<Md5>,
}

const CRC32: &str = "x-amz-checksum-crc32";
const CRC32C: &str = "x-amz-checksum-crc32c";
const CRC64: &str = "x-amz-checksum-crc64nvme";
const SHA1: &str = "x-amz-checksum-sha1";
const SHA256: &str = "x-amz-checksum-sha256";
const MD5: &str = "content-md5";

impl Announced {
    pub(super) const fn new(head: HeaderMap, trailer: Option<TrailingHeaders>) -> Self {
        Self { head, trailer }
    }

    pub(super) fn sums(&self) -> Sums {
        Sums {
            own: ChecksumHasher {
                crc32: self.names(CRC32).then(Crc32::new),
                crc32c: self.names(CRC32C).then(Crc32c::new),
                sha1: self.names(SHA1).then(Sha1::new),
                sha256: Some(Sha256::new()),
                crc64nvme: self.names(CRC64).then(Crc64Nvme::new),
            },
            md5: self.names(MD5).then(Md5::new),
        }
    }

    /// Whether this sum is in the head, or announced to be in the trailer.
    fn names(&self, sum: &str) -> bool {
        self.head.contains_key(sum) || self.in_trailer().any(|name| name == sum)
    }

    fn in_trailer(&self) -> impl Iterator<Item = &str> {
        let names = self.head.get("x-amz-trailer");
        let names = names.and_then(|names| names.to_str().ok());
        names
            .into_iter()
            .flat_map(|names| names.split(','))
            .map(str::trim)
    }

    /// Were these the bytes that were announced? Asked once all came. A trailer that was announced and did
    /// not come says nothing of them.
    pub(super) fn are(&self, found: &Found) -> bool {
        if !found.agrees_with(&self.head) {
            return false;
        }
        if self.in_trailer().next().is_none() {
            return true;
        }
        let agrees = |came: &HeaderMap| {
            let all_came = self.in_trailer().all(|name| came.contains_key(name));
            all_came && found.agrees_with(came)
        };
        let trailer = self.trailer.as_ref();
        trailer
            .and_then(|trailer| trailer.read(agrees))
            .unwrap_or(false)
    }
}

impl Sums {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.own.update(bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
    }

    pub(super) fn finish(self) -> Found {
        Found {
            own: self.own.finalize(),
            md5: self.md5.map(|md5| STANDARD.encode(md5.finalize())),
        }
    }
}

/// What the bytes came to, in base64.
pub(super) struct Found {
    own: Checksum,
    md5: Option<String>,
}

impl Found {
    pub(super) fn sha256(&self) -> Option<Sha256Digest> {
        let sum = self.own.checksum_sha256.as_ref()?;
        let bytes = STANDARD.decode(sum).ok()?;
        Some(Sha256Digest::from_bytes(bytes.try_into().ok()?))
    }

    /// Each sum that is named.
    fn agrees_with(&self, headers: &HeaderMap) -> bool {
        let sums = [
            (CRC32, self.own.checksum_crc32.as_deref()),
            (CRC32C, self.own.checksum_crc32c.as_deref()),
            (CRC64, self.own.checksum_crc64nvme.as_deref()),
            (SHA1, self.own.checksum_sha1.as_deref()),
            (SHA256, self.own.checksum_sha256.as_deref()),
            (MD5, self.md5.as_deref()),
        ];
        sums.into_iter().all(|(name, found)| {
            let named = headers.get(name);
            named.is_none_or(|named| found.is_some_and(|found| named == found))
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn found(announced: &Announced, bytes: &[u8]) -> Found {
        let mut sums = announced.sums();
        sums.update(bytes);
        sums.finish()
    }

    fn are(bytes: &[u8], name: &'static str, sum: &'static str) -> bool {
        let head = HeaderMap::from_iter([(
            axum::http::HeaderName::from_static(name),
            HeaderValue::from_static(sum),
        )]);
        let announced = Announced::new(head, None);
        announced.are(&found(&announced, bytes))
    }

    #[test]
    fn bytes_are_those_announced_by_any_of_the_sums() {
        // Of "123456789": the check values of the CRCs (reveng's catalogue), and sums by coreutils.
        for (name, sum) in [
            (CRC32, "y/Q5Jg=="),
            (CRC32C, "4waSgw=="),
            (CRC64, "rosUhgp5mIg="),
            (SHA1, "98O8HYCOBHMq32eZZczDTKeuNEE="),
            (SHA256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
            (MD5, "JfnnlDI7RTiF9RgfG2JNCw=="),
        ] {
            let is_wrong = are(b"123456780", name, sum);
            assert!(!is_wrong, "{name}");
            let is_right = are(b"123456789", name, sum);
            assert!(is_right, "{name}");
        }
        assert!(are(b"anything", "x-amz-meta-a", "b"));
        let nothing = Announced::new(HeaderMap::new(), None);
        let digest = found(&nothing, b"123456789").sha256();
        assert_eq!(digest, Some(Sha256Digest::of(b"123456789")));
    }
}
