use async_trait::async_trait;
use axum::http::Extensions;
use catalog::Role;
use http::{Access, SigningSecret};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};

/// The secrets that requests must be signed with. Whether there is such a key was asked before.
pub(super) struct SigningKeys(pub(super) SigningSecret);

#[async_trait]
impl S3Auth for SigningKeys {
    async fn get_secret_key(&self, access_key_id: &str) -> S3Result<SecretKey> {
        Ok(self.0.secret_access_key(access_key_id).into())
    }
}

/// Lets those through whose signature is good, and is by the key that access was granted to.
pub(super) struct OwnRequests;

#[async_trait]
impl S3Access for OwnRequests {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let granted = context.extensions_mut().get::<Access>().cloned();
        let is_own = match (&granted, context.credentials()) {
            (Some(access), Some(signed)) => access.is_signed_by(&signed.access_key),
            _ => false,
        };
        match granted.filter(|_| is_own) {
            Some(access) if access.has(Role::Scanner) => Ok(()),
            Some(_) => Err(s3_error!(AccessDenied, "this needs the role scanner")),
            None => Err(s3_error!(AccessDenied, "sign the request")),
        }
    }
}

/// Whoever signed the request.
pub(super) fn signer(extensions: &Extensions) -> S3Result<&Access> {
    let access = extensions.get();
    access.ok_or_else(|| s3_error!(AccessDenied, "sign the request"))
}
