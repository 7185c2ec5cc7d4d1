use std::str;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{FileName, PrivateName};
use flow::{Mpp, Sha256Digest};

use super::ResumeError;
use crate::receive::{Deidentify, GivenPlace};

/// What the sender says of a file in `Upload-Metadata`: the headers of a push by other names. Keys
/// that are not known are for others.
pub(crate) struct Told {
    /// `filename`
    pub(crate) file_name: Option<FileName>,
    /// `sha256`, of the whole file, in hexadecimal digits.
    pub(crate) digest: Option<Sha256Digest>,
    /// `mpp`
    pub(crate) mpp: Option<Mpp>,
    /// `deidentify`
    pub(crate) deidentify: Option<Deidentify>,
    /// `accession`, `part`, `block` and `stain`
    pub(crate) place: Option<GivenPlace>,
}

impl Told {
    pub(crate) fn parse(text: &str) -> Result<Self, ResumeError> {
        let pairs = Pairs::parse(text)?;
        let digest = pairs.parsed("sha256", "it is 64 hexadecimal digits")?;
        let mpp = pairs.parsed(
            "mpp",
            "micrometres per pixel are a number from 0.01 to 1000",
        )?;
        let deidentify = pairs.read(
            "deidentify",
            "label is all that can be asked for, which removes label and macro",
            Deidentify::asked,
        )?;
        // The name is for people only: one that cannot be read is no reason to refuse a slide.
        let file_name = pairs.bytes("filename").map(String::from_utf8_lossy);
        Ok(Self {
            file_name: file_name.and_then(|name| FileName::new(&name)),
            digest,
            mpp,
            deidentify,
            place: pairs.place()?,
        })
    }
}

/// Keys, and their values without the base64 around them.
struct Pairs<'t>(Vec<(&'t str, Vec<u8>)>);

impl<'t> Pairs<'t> {
    fn parse(text: &'t str) -> Result<Self, ResumeError> {
        let refused = |problem| ResumeError::Header {
            name: "Upload-Metadata",
            problem,
        };
        let mut pairs: Vec<(&str, Vec<u8>)> = Vec::new();
        if text.trim().is_empty() {
            return Ok(Self(pairs));
        }
        for pair in text.split(',').map(str::trim) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            if key.is_empty() {
                return Err(refused("a key is empty"));
            }
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(refused("a key stands there twice"));
            }
            let value = STANDARD.decode(value).ok();
            let value = value.ok_or_else(|| refused("a value is not base64"))?;
            pairs.push((key, value));
        }
        Ok(Self(pairs))
    }

    fn bytes(&self, key: &str) -> Option<&[u8]> {
        let pair = self.0.iter().find(|(known, _)| *known == key);
        pair.map(|(_, value)| value.as_slice())
    }

    /// What was sent is not repeated: it may name a patient.
    fn read<T>(
        &self,
        key: &'static str,
        problem: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ResumeError> {
        let Some(bytes) = self.bytes(key) else {
            return Ok(None);
        };
        let found = str::from_utf8(bytes).ok().and_then(read);
        let refused = || ResumeError::Metadata { key, problem };
        found.map(Some).ok_or_else(refused)
    }

    fn parsed<T: str::FromStr>(
        &self,
        key: &'static str,
        problem: &'static str,
    ) -> Result<Option<T>, ResumeError> {
        self.read(key, problem, |text| text.parse().ok())
    }

    fn name(&self, key: &'static str) -> Result<Option<PrivateName>, ResumeError> {
        let problem = "it is 1 to 64 characters of UTF-8";
        self.read(key, problem, |text| PrivateName::new(text).ok())
    }

    /// `None` where no accession is named.
    fn place(&self) -> Result<Option<GivenPlace>, ResumeError> {
        let Some(accession) = self.name("accession")? else {
            return Ok(None);
        };
        Ok(Some(GivenPlace {
            accession,
            part: self.name("part")?,
            block: self.name("block")?,
            stain: self.name("stain")?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(key: &str, value: &str) -> String {
        format!("{key} {}", STANDARD.encode(value))
    }

    #[test]
    fn what_a_scanner_says_is_read() -> Result<(), ResumeError> {
        let digest = Sha256Digest::of(b"slide");
        let text = [
            pair("filename", "/scans/Doe Jäne.svs"),
            pair("sha256", &digest.to_string()),
            pair("mpp", "0.25"),
            pair("deidentify", "label"),
            pair("accession", "S26-1"),
            pair("stain", "H&E"),
            "is_confidential".to_owned(),
        ];
        let told = Told::parse(&text.join(","))?;
        let name = told.file_name.as_ref().map(FileName::reveal);
        assert_eq!(name, Some("Doe Jäne.svs"));
        assert_eq!(told.digest, Some(digest));
        assert_eq!(told.mpp.map(Mpp::get), Some(0.25));
        assert_eq!(told.deidentify, Some(Deidentify::Asked));
        let place = told.place.expect("an accession was named");
        assert_eq!(place.accession.reveal(), "S26-1");
        assert_eq!(place.stain.as_ref().map(PrivateName::reveal), Some("H&E"));
        assert_eq!(place.part, None);
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_refused_and_not_repeated() {
        let bad = [
            pair("sha256", "CANARY"),
            pair("mpp", "CANARY"),
            pair("deidentify", "CANARY"),
            pair("accession", &"CANARY".repeat(20)),
            format!("{},{}", pair("mpp", "0.5"), pair("mpp", "0.25")),
            "filename C?".to_owned(),
            format!("{},", pair("mpp", "0.5")),
            "filename Q0FOQVJZ CANARY".to_owned(),
        ];
        for text in bad {
            let problem = Told::parse(&text)
                .map(drop)
                .map_err(|error| error.to_string());
            let is_silent = |problem: &String| !problem.contains("CANARY");
            assert!(
                problem.as_ref().is_err_and(is_silent),
                "{text}: {problem:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_pair_is_read_back(
            pairs in proptest::collection::btree_map("[a-z0-9_]{1,12}", "\\PC{0,30}", 0..8),
            noise in "\\PC{0,80}",
        ) {
            let texts: Vec<_> = pairs.iter().map(|(key, value)| pair(key, value)).collect();
            let text = texts.join(",");
            let read = Pairs::parse(&text);
            let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(read.0.len(), pairs.len());
            for (key, value) in &pairs {
                prop_assert_eq!(read.bytes(key), Some(value.as_bytes()));
            }
            // Anything else is an error and never a crash.
            let _read = Told::parse(&noise);
        }
    }
}
