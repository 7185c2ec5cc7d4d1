use serde::{Deserialize, Serialize};

/// What an encoder may be used for, by those who published it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncoderTerms {
    /// SPDX expression, or the licence's own name.
    pub licence: String,
    pub intended_use: String,
}
