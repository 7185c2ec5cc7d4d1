//! Settings that cannot work are refused when the store is opened, with what to do about it.

use std::time::{Duration, Instant};

use coverslip_store::{S3Config, S3Error, Store, StoreError};

use super::{TestResult, chain};
use crate::seaweed::{Corner, keys};

async fn refusal(config: &S3Config) -> Result<(S3Error, String), Box<dyn std::error::Error>> {
    let refused = Store::s3(config).await.err().ok_or("it cannot work")?;
    let text = chain(&refused);
    match refused {
        StoreError::Bucket { source, .. } => Ok((source, text)),
        other => Err(other.into()),
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there() -> TestResult {
    let mut corner = Corner::new()?;
    corner.config.place.bucket = "no-such-bucket".parse()?;
    let (error, text) = refusal(&corner.config).await?;
    assert!(matches!(error, S3Error::NoBucket { .. }), "{text}");
    assert!(
        text.contains("no-such-bucket") && text.contains("create it"),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_wrong() -> TestResult {
    let mut corner = Corner::new()?;
    corner.config.credentials = keys("some-other-secret")?;
    let (error, text) = refusal(&corner.config).await?;
    assert!(matches!(error, S3Error::Forbidden { .. }), "{text}");
    assert!(text.contains("check the access key"), "{text}");
    assert!(!text.contains("some-other-secret"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_not_there() -> TestResult {
    let mut corner = Corner::new()?;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    corner.config.server.endpoint = Some(format!("http://{nobody}").parse()?);
    let begun = Instant::now();
    let (error, text) = refusal(&corner.config).await?;
    assert!(matches!(error, S3Error::Unreachable { .. }), "{text}");
    assert!(text.contains(&nobody.to_string()), "{text}");
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    Ok(())
}

/// It takes the connection and never says a word.
#[tokio::test]
async fn a_server_that_hangs() -> TestResult {
    let mut corner = Corner::new()?;
    let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    corner.config.server.endpoint = Some(format!("http://{}", silent.local_addr()?).parse()?);
    corner.config.patience.answer = Duration::from_secs(1);
    corner.config.patience.tries = 2;
    let begun = Instant::now();
    let (error, text) = refusal(&corner.config).await?;
    assert!(matches!(error, S3Error::Unreachable { .. }), "{text}");
    let waited = begun.elapsed();
    assert!((2.0..5.0).contains(&waited.as_secs_f64()), "{waited:?}");
    Ok(())
}
