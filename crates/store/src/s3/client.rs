use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, RequestChecksumCalculation, ResponseChecksumValidation,
    SharedCredentialsProvider, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::Builder as HttpBuilder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use super::config::{Addressing, Patience, S3Config};
use super::credentials::{AccessKeys, Credentials};
use super::names::{Endpoint, Region};

/// A client for `config`; it contacts nobody.
pub(super) async fn client(config: &S3Config) -> Client {
    let server = &config.server;
    let credentials = match &config.credentials {
        Credentials::Keys(keys) => Some(fixed(keys)),
        Credentials::Machine => machine(&server.region).await,
    };
    let mut sdk = Config::builder()
        .behavior_version(behavior())
        .http_client(http_client(server.endpoint.as_ref()))
        .region(region(&server.region))
        .force_path_style(server.addressing == Addressing::Path)
        .timeout_config(timeouts(config.patience, 0))
        .retry_config(retries(config.patience))
        .retry_partition(retry_quota())
        .stalled_stream_protection(stalling())
        // Every object has its sha256 from us, which servers that know no other checksum take too.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    sdk.set_endpoint_url(server.endpoint.as_ref().map(Endpoint::to_string));
    sdk.set_credentials_provider(credentials);
    Client::from_conf(sdk.build())
}

/// How long a try may take that sends `n_bytes`.
pub(super) fn timeouts(patience: Patience, n_bytes: u64) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(patience.connect)
        .read_timeout(patience.sending(n_bytes))
        .build()
}

fn retries(patience: Patience) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(patience.tries.max(1))
        .with_initial_backoff(Duration::from_secs(1))
        .with_max_backoff(Duration::from_secs(20))
}

/// Fifty retries for all calls together, and five more a second. The SDK's own quota grows by calls
/// that go well alone: an outage uses it up, and for long after it a single lost connection fails a
/// call.
fn retry_quota() -> RetryPartition {
    // A retry after an answer that did not come costs ten.
    let quota = TokenBucket::builder().capacity(500).refill_rate(50.0);
    RetryPartition::custom("coverslip")
        .token_bucket(quota.build())
        .build()
}

/// Bodies that come or go under one byte a second.
fn stalling() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::enabled()
        .grace_period(Duration::from_secs(20))
        .build()
}

/// Named, so that a newer SDK does not change what the documentation says.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Without TLS where there is none to do: then a machine without certificates will do.
fn http_client(endpoint: Option<&Endpoint>) -> SharedHttpClient {
    match endpoint {
        Some(endpoint) if !endpoint.is_https() => HttpBuilder::new().build_http(),
        _ => https_client(),
    }
}

fn https_client() -> SharedHttpClient {
    HttpBuilder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

fn fixed(keys: &AccessKeys) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(aws_sdk_s3::config::Credentials::new(
        keys.id.reveal(),
        keys.secret.reveal(),
        keys.session.as_ref().map(|token| token.reveal().to_owned()),
        None,
        "coverslip",
    ))
}

async fn machine(place: &Region) -> Option<SharedCredentialsProvider> {
    let loader = aws_config::defaults(behavior())
        .region(region(place))
        .http_client(https_client());
    loader.load().await.credentials_provider()
}

fn region(region: &Region) -> aws_sdk_s3::config::Region {
    aws_sdk_s3::config::Region::new(region.to_string())
}
