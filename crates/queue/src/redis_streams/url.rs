use std::fmt;
use std::str::FromStr;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisError};
use thiserror::Error;

/// Where Redis is: `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, or `unix:///PATH`. With
/// `rediss://` it is spoken to in TLS, and must have a certificate of an authority that the machine
/// trusts, or that the file named by the environment's `SSL_CERT_FILE` has.
///
/// Prints without user and password.
#[derive(Clone)]
pub struct RedisUrl(ConnectionInfo);

/// Text that is no URL of Redis. It is not repeated: there may be a password in it.
#[derive(Debug, Error)]
pub enum NoRedisUrl {
    #[error("this is no URL of Redis: it should look like redis://:PASSWORD@HOST:6379/0")]
    Form(#[source] RedisError),
    #[error("a certificate that is not checked is worth nothing: leave out `#insecure`")]
    Unchecked,
}

impl RedisUrl {
    pub(super) fn connection_info(&self) -> ConnectionInfo {
        self.0.clone()
    }
}

impl FromStr for RedisUrl {
    type Err = NoRedisUrl;

    fn from_str(text: &str) -> Result<Self, NoRedisUrl> {
        let url = text.into_connection_info().map_err(NoRedisUrl::Form)?;
        match url.addr() {
            ConnectionAddr::TcpTls { insecure: true, .. } => Err(NoRedisUrl::Unchecked),
            _ => Ok(Self(url)),
        }
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.addr() {
            ConnectionAddr::Unix(path) => write!(f, "unix://{}", path.display()),
            address => {
                let tls = matches!(address, ConnectionAddr::TcpTls { .. });
                let scheme = if tls { "rediss" } else { "redis" };
                write!(f, "{scheme}://{address}/{}", self.0.redis_settings().db())
            }
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;
    use crate::RedisConfig;

    #[test]
    fn never_prints_user_and_password() -> Result<(), NoRedisUrl> {
        let url: RedisUrl = "redis://alice:hunter2@redis.lab:6380/3".parse()?;
        assert_eq!(url.to_string(), "redis://redis.lab:6380/3");
        let in_tls: RedisUrl = "rediss://alice:hunter2@redis.lab/3".parse()?;
        assert_eq!(in_tls.to_string(), "rediss://redis.lab:6379/3");
        let config = format!("{:?}", RedisConfig::new(url));
        assert!(config.contains("redis.lab"), "{config}");
        assert!(!config.contains("hunter2") && !config.contains("alice"));
        Ok(())
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_repeated() {
        for wrong in [
            "",
            "hunter2",
            "http://:hunter2@lab",
            "redis://:hunter2@lab/hunter2",
            "redis://:hunter2@lab:99999",
            "rediss://:hunter2@lab/0#insecure",
        ] {
            let error = wrong.parse::<RedisUrl>().expect_err("it is wrong");
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            let said = format!("{error} {cause} {error:?}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
