//! Who may come in, and what they may do there.
//!
//! Machines send `Authorization: Bearer SECRET` with every request. People open a login link once;
//! its code becomes a session, kept in a cookie that scripts cannot read and other sites cannot
//! make the browser send. Where there is an OpenID provider, people may come through it in place of a
//! link ([`sign_in`]), and machines with its access tokens. A task's service is lent a token for the tiles
//! of one slide while it works on it ([`lend_slide`]). Scanners that speak S3 sign what they send
//! ([`SigningSecret`]). Secrets are 256 random bits; the catalog has their sha256 only, so that
//! neither a copy of the catalog nor the time a lookup takes helps anyone to guess one.
//!
//! Where a process serves several tenants, each has an [`AccessControl`] of its own behind one
//! [`FrontDoor`]. A secret of ours begins with its tenant's name, a provider's token has it in a claim:
//! that says whom to ask, and whoever is asked believes nothing but its own catalog.

mod address;
mod claim;
mod control;
mod cookie;
mod credential;
mod entrance;
mod front_door;
mod granted;
mod job_token;
mod limits;
mod login;
mod openid;
mod page;
mod provided;
mod refusal;
mod rules;
mod same_origin;
mod secret;
mod sign_in;
mod signed;
mod signing_secret;

pub use control::AccessControl;
pub use cookie::Transport;
pub use front_door::FrontDoor;
pub use granted::Access;
pub use job_token::{Loan, lend_slide, take_back};
pub use limits::{LimitRules, Rate};
pub use openid::{OpenId, RoleMapping};
pub use rules::AccessRules;
pub use secret::Secret;
pub use signing_secret::{SigningSecret, TooShortSecret};

pub(crate) use address::{ClientAddress, Peer};
pub(crate) use claim::{Claim, is_open, presented_by};
pub(crate) use control::unknown_token;
pub(crate) use credential::Credential;
pub(crate) use entrance::Entrance;
pub(crate) use login::login;
pub(crate) use refusal::Audience;
pub(crate) use sign_in::{log_out, sign_in};
pub(crate) use signed::{is_signed_at, shown};
