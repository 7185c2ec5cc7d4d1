use std::str::FromStr;

use crate::TelemetryError;

/// An OpenTelemetry collector that takes traces over HTTP: `http://HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector(String);

impl Collector {
    pub(super) fn traces_url(&self) -> String {
        format!("{}/v1/traces", self.0)
    }
}

impl FromStr for Collector {
    type Err = TelemetryError;

    fn from_str(text: &str) -> Result<Self, TelemetryError> {
        let base = text.trim_end_matches('/');
        let authority = base.strip_prefix("http://").unwrap_or_default();
        if authority.is_empty() || authority.contains(['@', '?', '#', ' ']) {
            // What stands before an @ is a password.
            let given = text.rsplit('@').next().unwrap_or_default().to_owned();
            return Err(TelemetryError::Collector { given });
        }
        Ok(Self(base.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_a_plain_http_address() -> Result<(), TelemetryError> {
        for address in ["http://localhost:4318", "http://localhost:4318/"] {
            let url = address.parse::<Collector>()?.traces_url();
            assert_eq!(url, "http://localhost:4318/v1/traces");
        }
        for wrong in [
            "",
            "localhost:4318",
            "https://a:1",
            "http://",
            "http://me:secret@a:1",
        ] {
            let refused = wrong
                .parse::<Collector>()
                .map_err(|error| error.to_string());
            assert!(
                refused.is_err_and(|text| !text.contains("secret")),
                "{wrong}"
            );
        }
        Ok(())
    }
}
