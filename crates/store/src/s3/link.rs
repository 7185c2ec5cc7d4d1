use std::fmt;
use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use flow::ObjectKey;

use super::bucket::Bucket;
use crate::StoreError;

/// An address that lets whoever has it read one object for a while, so it shows to nobody by
/// itself.
#[derive(Clone)]
pub struct SignedLink(String);

impl SignedLink {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedLink(...)")
    }
}

impl Bucket {
    /// Signs by itself: asks S3 for nothing.
    pub(super) async fn link(
        &self,
        key: &ObjectKey,
        valid_for: Duration,
    ) -> Result<SignedLink, StoreError> {
        let invalid = |_invalid| StoreError::Setting {
            what: "lifetime of a link",
            text: format!("{} s", valid_for.as_secs()),
            expected: "at most 604,800 s (seven days)",
        };
        let valid_for = PresigningConfig::expires_in(valid_for).map_err(invalid)?;
        let request = self.client.get_object().bucket(self.name());
        let signed = request.key(self.name_of(key)).presigned(valid_for).await;
        let signed = signed.map_err(|error| self.failed("sign a link to", key, error))?;
        Ok(SignedLink(signed.uri().to_owned()))
    }
}
