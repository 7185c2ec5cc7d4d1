//! Who somebody is, as an OpenID provider says it.
//!
//! People come by the authorization code flow with PKCE ([`Attempt`], [`Provider::redeem`]), machines
//! with an access token of the same provider ([`Provider::machine`]). A token is believed only once
//! its form, its key, its signature and its claims were looked at, in this order; [`Refusal`] says
//! which of them was wrong. Nothing here knows what anybody may do: [`Subject`] has the groups that
//! the provider puts them in.
//!
//! OpenID Connect Core 1.0 and Discovery 1.0, RFC 6749, 7515, 7517, 7519, 7636, 8725, 9068 and 9207.

mod attempt;
mod claim_path;
mod config;
mod fetch;
mod issuer;
mod local_path;
mod provider;
mod subject;
mod token;

pub use attempt::Attempt;
pub use claim_path::{BadClaimPath, ClaimPath};
pub use config::{Client, ClientSecret, ProviderConfig, Refresh};
pub use fetch::FetchError;
pub use issuer::{BadIssuer, Issuer};
pub use local_path::LocalPath;
pub use provider::{Provider, ProviderError, SignInError, TokenError};
pub use subject::Subject;
pub use token::Refusal;
