use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::Sha256Digest;

/// Only what is ours may run in the viewer, and nobody may frame it.
pub(crate) const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The content security policy of a page that has these scripts in itself: the same as of all answers,
/// and each of the scripts by its hash (CSP level 3, section 2.3.1).
pub fn content_policy_with<'a>(scripts: impl IntoIterator<Item = &'a str>) -> String {
    let hashes = scripts.into_iter().map(|script| {
        let digest = Sha256Digest::of(script.as_bytes());
        format!(" 'sha256-{}'", STANDARD.encode(digest.as_bytes()))
    });
    let hashes: String = hashes.collect();
    format!("{CONTENT_POLICY}; script-src 'self'{hashes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_allowed_by_its_hash_alone() {
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
        let expected = "; script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(content_policy_with(["alert(1)"]).ends_with(expected));
        assert!(content_policy_with([]).ends_with("; script-src 'self'"));
    }
}
