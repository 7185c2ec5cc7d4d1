//! A small OpenID provider over HTTP, whose tokens a test may make as wrong as it likes. How a real
//! one gets on with us, `tests/peers` says.

mod key;
mod provider;

pub use key::{KeyKind, SigningKey};
pub use provider::{CLIENT, CLIENT_SECRET, OpenIdProvider};
