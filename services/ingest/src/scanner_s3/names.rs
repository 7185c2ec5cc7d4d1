//! What scanners say of a file: its name, and metadata of their own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{ObjectName, UploadMetadata};
use flow::SlideId;
use s3s::dto::Metadata;
use s3s::{S3Result, s3_error};

use super::error::told;
use crate::resume::{ResumeError, Told};

const FILE_NAME: &str = "filename";

/// Which slide a file is.
pub(super) const SLIDE: &str = "coverslip-slide";

pub(super) fn object_name(key: &str) -> S3Result<ObjectName> {
    let name = ObjectName::new(key);
    name.map_err(|_too_long| s3_error!(KeyTooLongError, "a name has at most 1024 characters"))
}

/// What `x-amz-meta-*` said, and the file's name from the object's where there is none, written as tus
/// would have it: one reader reads both.
pub(super) fn metadata(object: &str, given: Option<Metadata>) -> S3Result<UploadMetadata> {
    let given = given.unwrap_or_default();
    let has_name = given.contains_key(FILE_NAME);
    let own_name = object.rsplit('/').next().filter(|_| !has_name);
    let own_name = own_name.map(|name| (FILE_NAME.to_owned(), name.to_owned()));
    let mut pairs: Vec<String> = given
        .into_iter()
        .chain(own_name)
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .collect();
    pairs.sort_unstable();
    let text = pairs.join(",");
    Told::parse(&text).map_err(|error| told(of_amz(error)))?;
    UploadMetadata::new(&text).map_err(|_too_long| {
        s3_error!(
            MetadataTooLarge,
            "metadata has at most 4096 characters, in base64"
        )
    })
}

/// The same, as answers give it back, and which slide it is: many clients show metadata and no headers.
pub(super) fn given_back(metadata: Option<&UploadMetadata>, slide: SlideId) -> Metadata {
    let pairs = metadata.map(UploadMetadata::reveal).unwrap_or_default();
    let pairs = pairs.split(',').filter_map(|pair| {
        let (key, value) = pair.split_once(' ')?;
        let value = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
        Some((key.to_owned(), value))
    });
    let slide = (SLIDE.to_owned(), slide.to_string());
    pairs.chain([slide]).collect()
}

/// Under the name by which an S3 client sent it.
fn of_amz(error: ResumeError) -> ResumeError {
    match error {
        ResumeError::Header { problem, .. } => ResumeError::Header {
            name: "x-amz-meta-*",
            problem,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_comes_back_and_what_is_wrong_is_not_repeated() -> S3Result<()> {
        let digest = "ab".repeat(32);
        let given: Metadata = [
            ("sha256", digest.as_str()),
            ("mtime", "1.5"),
            ("stain", "H&E"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
        let written = metadata("2026/Doe Jäne.svs", Some(given.clone()))?;
        let read = Told::parse(written.reveal()).map_err(told)?;
        assert_eq!(read.digest.map(|digest| digest.to_string()), Some(digest));
        let name = read.file_name.as_ref().map(catalog::FileName::reveal);
        assert_eq!(name, Some("Doe Jäne.svs"));
        let slide = SlideId::from_digest(&flow::Sha256Digest::of(b"slide"));
        let mut back = given_back(Some(&written), slide);
        assert_eq!(back.remove(SLIDE), Some(slide.to_string()));
        assert_eq!(back.remove(FILE_NAME).as_deref(), Some("Doe Jäne.svs"));
        assert_eq!(back, given);

        let wrong = [("mpp".to_owned(), "CANARY".to_owned())]
            .into_iter()
            .collect();
        let refused = metadata("a.svs", Some(wrong));
        let refused = refused.map(drop).map_err(|error| format!("{error:?}"));
        assert!(refused.is_err_and(|told| told.contains("mpp") && !told.contains("CANARY")));
        Ok(())
    }
}
