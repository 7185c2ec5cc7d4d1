use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::FlowError;

/// 128 bits that say nothing of what they name, as 32 hexadecimal digits.
macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// Of random bits.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = FlowError;

            /// Also of a UUID's form, with hyphens. What was given is not repeated: it may be an
            /// accession number.
            fn from_str(text: &str) -> Result<Self, FlowError> {
                let mut bytes = [0; 16];
                hex::decode_to_slice(text.replace('-', ""), &mut bytes)
                    .ok()
                    .map(|()| Self(bytes))
                    .ok_or_else(|| FlowError::parse($what, "…", "32 hexadecimal digits"))
            }
        }

        impl TryFrom<String> for $name {
            type Error = FlowError;

            fn try_from(text: String) -> Result<Self, FlowError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

opaque_id!(
    /// Names one case, which the laboratory knows by its accession number.
    CaseId,
    "case id"
);
opaque_id!(
    /// Names one order.
    OrderId,
    "order id"
);
opaque_id!(
    /// Names something drawn on a slide. Other programs choose it too.
    AnnotationId,
    "annotation id"
);

opaque_id!(
    /// Names one file that comes in piece by piece.
    UploadId,
    "upload id"
);

opaque_id!(
    /// Names somebody who is told of what happens.
    WebhookId,
    "webhook id"
);
opaque_id!(
    /// Names one thing that a webhook is told.
    WebhookMessageId,
    "delivery id"
);
opaque_id!(
    /// Names one message with results for the laboratory's system.
    ResultsMessageId,
    "results message id"
);
opaque_id!(
    /// Names one alert about a model.
    ModelAlertId,
    "alert id"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_written_and_a_wrong_one_is_not_repeated() {
        let id = CaseId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse::<CaseId>().ok(), Some(id));
        let uuid = "07070707-0707-0707-0707-070707070707";
        assert_eq!(uuid.parse::<CaseId>().ok(), Some(id));
        let refused = "S26-4711 Doe".parse::<CaseId>().map_err(|e| e.to_string());
        assert!(refused.is_err_and(|error| !error.contains("Doe")));
    }
}
