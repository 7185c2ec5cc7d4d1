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
            if shown == told || (!told.is_empty() && name == told) {
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

fn named(uploads: &[UploadRow]) -> impl Iterator<Item = (&str, &UploadRow)> {
    let named = |upload: &UploadRow| upload.object.as_ref().map(|name| name.reveal().to_owned());
    let mut sorted: Vec<_> = uploads
        .iter()
        .filter(|upload| named(upload).is_some())
        .collect();
    // A database may sort by the language of its place.
    sorted.sort_by(|one, next| named(one).cmp(&named(next)));
    sorted
        .into_iter()
        .filter_map(|upload| Some((upload.object.as_ref()?.reveal(), upload)))
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
