//! Who may come in, and what they may do there.
//!
//! Machines send `Authorization: Bearer SECRET` with every request. People open a login link once;
//! its code becomes a session, kept in a cookie that scripts cannot read and other sites cannot
//! make the browser send. Secrets are 256 random bits; the catalog has their sha256 only, so that
//! neither a copy of the catalog nor the time a lookup takes helps anyone to guess one.

mod claim;
mod control;
mod cookie;
mod credential;
mod granted;
mod login;
mod refusal;
mod same_origin;
mod secret;

pub use control::AccessControl;
pub use cookie::Transport;
pub use granted::Access;
pub use secret::Secret;

pub(crate) use claim::Claim;
pub(crate) use credential::Credential;
pub(crate) use login::login;
pub(crate) use refusal::Audience;
