use thiserror::Error;

/// Why a token is not believed. Says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    #[error("it is longer than tokens are")]
    TooLong,
    #[error("it is not three parts with points between them")]
    NotThreeParts,
    #[error("it is encrypted")]
    Encrypted,
    #[error("a part of it is not base64url as RFC 7515 has it")]
    Encoding,
    #[error("its header or its claims are no JSON object")]
    Json,
    #[error("it says one thing twice")]
    Duplicate,
    #[error("its algorithm is none of RS256, PS256, ES256 and EdDSA")]
    Algorithm,
    #[error("its type is not one of this use")]
    Type,
    #[error("its header brings a key or says where one is")]
    BroughtKey,
    #[error("its header asks for what is not understood here")]
    Critical,
    #[error("it holds another token, or is compressed")]
    Wrapped,
    #[error("its header does not name its key")]
    KeyName,
    #[error("the provider has no such key")]
    UnknownKey,
    #[error("its key is not for its algorithm")]
    KeyAlgorithm,
    #[error("its signature is wrong")]
    Signature,
    #[error("it lacks the claim `{0}`")]
    Missing(&'static str),
    #[error("its claim `{0}` is not as it must be")]
    Claim(&'static str),
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for somebody else")]
    Audience,
    #[error("it was issued to somebody else")]
    AuthorizedParty,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    NotYet,
    #[error("it was issued in the future")]
    Future,
    #[error("it is not the answer to what was asked")]
    Nonce,
    #[error("it is an ID token, which says who somebody is and opens nothing")]
    IdToken,
}
