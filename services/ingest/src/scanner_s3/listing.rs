//! What whoever asks has brought, by name.

use std::time::SystemTime;

use catalog::UploadRow;
use chrono::{DateTime, Utc};
use s3s::dto::{CommonPrefix, ETag, Object, Timestamp};

/// Names asked for at once, at most.
pub(super) const MOST_NAMES: i32 = 1000;

/// What is asked for.
pub(super) struct Wanted<'w> {
    pub(super) prefix: &'w str,
    /// Names that go on behind it are told once, as far as to it.
    pub(super) delimiter: Option<&'w str>,
    /// Names up to this one were told before.
    pub(super) after: &'w str,
    pub(super) most: usize,
}

/// One page of names in their order.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) objects: Vec<Object>,
    pub(super) prefixes: Vec<CommonPrefix>,
    /// The last name that was told, where there are more.
    pub(super) next: Option<String>,
}

impl Listing {
    /// Of uploads by name, of each name the newest first.
    pub(super) fn of(uploads: &[UploadRow], wanted: &Wanted<'_>) -> Self {
        let mut listing = Self::default();
        let mut told = String::new();
        for (name, upload) in named(uploads) {
            let Some(shown) = wanted.shown(name) else {
                continue;
            };
            if shown == told {
                continue;
            }
            if listing.len() == wanted.most {
                listing.next = Some(told);
                break;
            }
            told = shown.to_owned();
            match shown.len() < name.len() {
                true => listing.prefixes.push(CommonPrefix {
                    prefix: Some(told.clone()),
                }),
                false => listing.objects.push(object(name, upload)),
            }
        }
        listing
    }

    pub(super) fn len(&self) -> usize {
        self.objects.len() + self.prefixes.len()
    }
}

impl Wanted<'_> {
    /// As what a name is told; `None` where it is not wanted.
    fn shown<'n>(&self, name: &'n str) -> Option<&'n str> {
        let rest = name.strip_prefix(self.prefix)?;
        let delimiter = self.delimiter.filter(|delimiter| !delimiter.is_empty());
        let end = delimiter.and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()));
        let shown = match end {
            Some(end) => name.get(..self.prefix.len() + end)?,
            None => name,
        };
        (shown > self.after).then_some(shown)
    }
}

fn named(uploads: &[UploadRow]) -> Vec<(&str, &UploadRow)> {
    let uploads = uploads.iter();
    let named = uploads.filter_map(|upload| Some((upload.object.as_ref()?.reveal(), upload)));
    let mut named: Vec<_> = named.collect();
    // A database may sort by the language of its place.
    named.sort_by_key(|(name, _)| *name);
    named
}

fn object(name: &str, upload: &UploadRow) -> Object {
    Object {
        key: Some(name.to_owned()),
        size: Some(upload.n_bytes.cast_signed()),
        e_tag: upload.entity_tag.clone().map(ETag::Strong),
        last_modified: Some(timestamp(upload.touched_at)),
        ..Object::default()
    }
}

pub(super) fn timestamp(at: DateTime<Utc>) -> Timestamp {
    SystemTime::from(at).into()
}

#[cfg(test)]
mod tests {
    use catalog::{ObjectName, UploadState};
    use flow::{Sha256Digest, UploadId};

    use super::*;

    fn brought(name: &str) -> UploadRow {
        UploadRow {
            id: UploadId::from_bytes([0; 16]),
            owner: Sha256Digest::of(b"key"),
            bearer: "scanner".to_owned(),
            n_bytes: 7,
            n_kept: 7,
            metadata: None,
            state: UploadState::Refused,
            object: ObjectName::new(name).ok(),
            entity_tag: Some("tag-1".to_owned()),
            touched_at: DateTime::UNIX_EPOCH,
        }
    }

    /// All names and prefixes, asked for page by page.
    fn told(prefix: &str, delimiter: Option<&str>, most: usize) -> Vec<String> {
        let names = ["b/2", "a", "b/1", "b/1", "b/c/3", "d", "B"];
        let uploads = names.map(brought);
        let (mut told, mut after) = (Vec::new(), String::new());
        loop {
            let wanted = Wanted {
                prefix,
                delimiter,
                after: &after,
                most,
            };
            let page = Listing::of(&uploads, &wanted);
            assert!(page.len() <= most);
            let objects = page.objects.into_iter().filter_map(|object| object.key);
            let prefixes = page.prefixes.into_iter().filter_map(|one| one.prefix);
            told.extend(objects.chain(prefixes));
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        told.sort();
        told
    }

    #[test]
    fn each_name_is_told_once_on_pages_of_any_length() {
        for most in 1..9 {
            assert_eq!(
                told("", None, most),
                ["B", "a", "b/1", "b/2", "b/c/3", "d"],
                "{most}"
            );
            assert_eq!(told("", Some("/"), most), ["B", "a", "b/", "d"], "{most}");
            assert_eq!(
                told("b/", Some("/"), most),
                ["b/1", "b/2", "b/c/"],
                "{most}"
            );
            assert_eq!(told("x", Some("/"), most), [""; 0], "{most}");
        }
    }
}
