use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::FlowError;

/// A sha256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 hexadecimal digits, for places where people read the digest.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..6])
    }

    /// Fails, naming `what`, unless `bytes` hash to this digest.
    pub fn verify(&self, what: &'static str, bytes: &[u8]) -> Result<(), FlowError> {
        let found = Self::of(bytes);
        if found == *self {
            return Ok(());
        }
        Err(FlowError::DigestMismatch {
            what,
            expected: self.to_string(),
            found: found.to_string(),
        })
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256Digest({self})")
    }
}

impl FromStr for Sha256Digest {
    type Err = FlowError;

    fn from_str(text: &str) -> Result<Self, FlowError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)
            .ok()
            .map(|()| Self(bytes))
            .ok_or_else(|| FlowError::parse("sha256", text, "64 hexadecimal digits"))
    }
}

impl TryFrom<String> for Sha256Digest {
    type Error = FlowError;

    fn try_from(text: String) -> Result<Self, FlowError> {
        text.parse()
    }
}

impl From<Sha256Digest> for String {
    fn from(digest: Sha256Digest) -> Self {
        digest.to_string()
    }
}

/// Hashes everything written through it on the way to `inner`.
pub struct DigestWriter<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> DigestWriter<W> {
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
        }
    }

    /// The inner writer and the digest of all bytes written.
    pub fn finish(self) -> (W, Sha256Digest) {
        (self.inner, Sha256Digest(self.hasher.finalize().into()))
    }
}

impl<W: Write> Write for DigestWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let digest = Sha256Digest::of(b"abc");
        assert_eq!(
            digest.to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(
            digest.to_string().parse::<Sha256Digest>().ok(),
            Some(digest)
        );
        assert!("ba78".parse::<Sha256Digest>().is_err());
    }

    #[test]
    fn writer_hashes_what_passes() -> io::Result<()> {
        let mut writer = DigestWriter::new(Vec::new());
        writer.write_all(b"ab")?;
        writer.write_all(b"c")?;
        let (bytes, digest) = writer.finish();
        assert_eq!(bytes, b"abc");
        assert_eq!(digest, Sha256Digest::of(b"abc"));
        Ok(())
    }
}
