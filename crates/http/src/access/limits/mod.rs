//! How often somebody may ask, and how often be wrong.

mod bucket;

use axum::http::{Request, StatusCode};
use flow::Sha256Digest;
use ipnet::IpNet;
use tokio::time::Instant;

use self::bucket::Buckets;
use super::ClientAddress;
use crate::ApiError;

pub use self::bucket::Rate;

/// `None` is without a limit.
#[derive(Clone, Debug, Default)]
pub struct LimitRules {
    /// Credentials that are not good, of each client address.
    pub failures: Option<Rate>,
    /// Requests with each credential.
    pub requests: Option<Rate>,
    /// Networks of proxies that say in `X-Forwarded-For` who is behind them.
    pub trusted_proxies: Vec<IpNet>,
}

pub(crate) struct Limits {
    failures: Option<Buckets<ClientAddress>>,
    requests: Option<Buckets<Sha256Digest>>,
    trusted_proxies: Vec<IpNet>,
}

impl Limits {
    pub(super) fn new(rules: LimitRules) -> Self {
        Self {
            failures: rules.failures.map(Buckets::new),
            requests: rules.requests.map(Buckets::new),
            trusted_proxies: rules.trusted_proxies,
        }
    }

    pub(crate) fn address<B>(&self, request: &Request<B>) -> ClientAddress {
        ClientAddress::of(request, &self.trusted_proxies)
    }

    /// Counts one request with a good credential. 429 where that is one too many.
    pub(crate) fn spend(&self, hash: &Sha256Digest, now: Instant) -> Result<(), ApiError> {
        let Some(requests) = &self.requests else {
            return Ok(());
        };
        requests.take(*hash, now).map_err(|wait| {
            ApiError::too_many_requests("this credential asks too often: ask again later", wait)
        })
    }

    /// Counts one that was refused, and says how to refuse it. Whoever has a good credential is not
    /// kept out for what others at the same address did: secrets are too long to be guessed, so all
    /// that is to be had here is quiet.
    pub(crate) fn failed(&self, address: ClientAddress, refused: ApiError) -> ApiError {
        let is_wrong = refused.status() == StatusCode::UNAUTHORIZED;
        match self.failures.as_ref().filter(|_| is_wrong) {
            Some(failures) => failures
                .take(address, Instant::now())
                .map_or_else(too_many_failures, |()| refused),
            None => refused,
        }
    }

    /// 429 where an address was refused too often to be let on to what costs others something.
    pub(super) fn ensure_few_failures(&self, address: ClientAddress) -> Result<(), ApiError> {
        let failures = self.failures.as_ref();
        let wait = failures.and_then(|failures| failures.wait(&address, Instant::now()));
        wait.map_or(Ok(()), |wait| Err(too_many_failures(wait)))
    }
}

fn too_many_failures(wait: std::time::Duration) -> ApiError {
    let detail = "too many credentials from this address were wrong: try again later";
    ApiError::too_many_requests(detail, wait)
}
