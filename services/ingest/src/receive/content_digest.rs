use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::Sha256Digest;

use super::ReceiveError;

/// Reads `Content-Digest: sha-256=:BASE64:` (RFC 9530); other algorithms may stand beside it.
pub(super) fn parse(header: &str) -> Result<Sha256Digest, ReceiveError> {
    let invalid = |problem| ReceiveError::Header {
        name: "Content-Digest",
        problem,
    };
    let member = header
        .split(',')
        .find_map(|member| member.trim().strip_prefix("sha-256="))
        .ok_or_else(|| invalid("it names no sha-256"))?;
    let bytes = member
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'))
        .and_then(|base64| STANDARD.decode(base64).ok())
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .ok_or_else(|| invalid("a sha-256 is 32 bytes in base64 between two colons"))?;
    Ok(Sha256Digest::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HELLO: &str = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:";

    #[test]
    fn the_sha_256_is_found_among_others() -> Result<(), ReceiveError> {
        let hello = Sha256Digest::of(b"hello");
        assert_eq!(parse(HELLO)?, hello);
        assert_eq!(parse(&format!("sha-512=:YWJj:, {HELLO}"))?, hello);
        Ok(())
    }

    #[test]
    fn what_is_no_sha_256_is_refused() {
        let bad = [
            "",
            "sha-512=:YWJj:",
            "sha-256=YWJj",
            "sha-256=:YWJj:",
            "sha-256=:?:",
            "sha-256=:",
        ];
        for header in bad {
            assert!(parse(header).is_err(), "{header}");
        }
    }

    proptest! {
        #[test]
        fn every_digest_is_read_back(bytes: [u8; 32], noise in "\\PC{0,40}") {
            let header = format!("sha-256=:{}:", STANDARD.encode(bytes));
            prop_assert_eq!(parse(&header).ok(), Some(Sha256Digest::from_bytes(bytes)));
            // Anything else is an error and never a crash.
            let _read = parse(&noise);
        }
    }
}
