use flow::Sha256Digest;

use crate::CatalogError;
use crate::columns::{get, get_count};
use crate::row::Row;

/// The hash before the first event.
pub(super) const GENESIS: Sha256Digest = Sha256Digest::from_bytes([0; 32]);

/// So that nothing else that is hashed has the same bytes.
const TAG: &[u8] = b"coverslip audit event 1\n";

/// The columns of one event, as they are written.
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at_ms: i64,
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) slide: Option<String>,
    pub(super) detail: String,
}

impl Entry {
    pub(super) fn read(row: &Row) -> Result<Self, CatalogError> {
        Ok(Self {
            seq: get_count(row, "seq")?,
            at_ms: get(row, "at_ms")?,
            actor: get(row, "actor")?,
            action: get(row, "action")?,
            slide: get(row, "slide")?,
            detail: get(row, "detail")?,
        })
    }

    /// sha256 over the tag, the hash before, the number and the time as 8 bytes each, highest first,
    /// and then actor, action, slide and detail: of each the number of its bytes, as 8 bytes, and
    /// its bytes of UTF-8. The slide has a byte before it, 1, or 0 where there is none and nothing
    /// follows. No two events have the same bytes.
    pub(super) fn hash(&self, before: &Sha256Digest) -> Sha256Digest {
        let mut bytes = TAG.to_vec();
        bytes.extend(before.as_bytes());
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.at_ms.to_be_bytes());
        extend(&mut bytes, &self.actor);
        extend(&mut bytes, &self.action);
        bytes.push(u8::from(self.slide.is_some()));
        if let Some(slide) = &self.slide {
            extend(&mut bytes, slide);
        }
        extend(&mut bytes, &self.detail);
        Sha256Digest::of(&bytes)
    }
}

fn extend(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_be_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(actor: &str, action: &str, slide: Option<&str>, detail: &str) -> Sha256Digest {
        let entry = Entry {
            seq: 7,
            at_ms: 1_000,
            actor: actor.to_owned(),
            action: action.to_owned(),
            slide: slide.map(str::to_owned),
            detail: detail.to_owned(),
        };
        entry.hash(&GENESIS)
    }

    #[test]
    fn what_moves_from_field_to_field_is_another_event() {
        let hashes = [
            entry("ab", "c", None, "d"),
            entry("a", "bc", None, "d"),
            entry("ab", "c", Some("d"), ""),
            entry("ab", "c", Some(""), "d"),
            entry("ab", "cd", None, ""),
        ];
        for (n, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..n].contains(hash), "{n}");
        }
    }

    /// Written down, so that no later version breaks the chains there are.
    #[test]
    fn the_hash_of_an_event_stays_what_it_is() {
        let hash = entry("dr who", "case_seen", Some("5f"), "null");
        assert_eq!(
            hash.to_string(),
            "76b06864607ade8b523b105ea2a8efc8fe03a851b6473392efeb373c4e1ea138"
        );
    }
}
