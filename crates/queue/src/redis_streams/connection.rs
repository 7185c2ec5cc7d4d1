use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{Client, InfoDict, RedisError, RedisResult};

use super::RedisUrl;
use crate::QueueError;
use crate::error::remedy;

/// How long a connection may take to be made, and a silent peer to be taken for gone.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long an answer may take: a busy disk under Redis makes it slow.
const ANSWERING: Duration = Duration::from_secs(10);

/// The oldest version whose XAUTOCLAIM drops entries that are no more.
const OLDEST_MAJOR: u32 = 7;

/// A connection that is made anew when it breaks, for calls that answer at once.
pub(super) async fn connect(url: &RedisUrl) -> Result<ConnectionManager, QueueError> {
    let failed = |source| failed(url, source);
    let mut connection = lazy(url, ANSWERING).map_err(failed)?;
    let mut info = redis::cmd("INFO");
    let info = info.arg("server").query_async(&mut connection).await;
    let info: InfoDict = info.map_err(failed)?;
    let version: String = info.get("redis_version").unwrap_or_default();
    let major = version.split('.').next().and_then(|n| n.parse().ok());
    if major.is_some_and(|major: u32| major < OLDEST_MAJOR) {
        let server = url.to_string();
        return Err(QueueError::TooOld { server, version });
    }
    Ok(connection)
}

pub(super) fn failed(url: &RedisUrl, source: RedisError) -> QueueError {
    QueueError::Connect {
        server: url.to_string(),
        remedy: remedy(&source),
        source,
    }
}

/// One for calls that wait as long as `waiting` before they answer.
pub(super) fn for_waiting(url: &RedisUrl, waiting: Duration) -> RedisResult<ConnectionManager> {
    lazy(url, ANSWERING + waiting)
}

fn lazy(url: &RedisUrl, answering: Duration) -> RedisResult<ConnectionManager> {
    let keepalive = TcpKeepalive::new().with_time(CONNECTING);
    let tcp = TcpSettings::default()
        .set_nodelay(true)
        .set_keepalive(keepalive.with_interval(CONNECTING))
        .set_user_timeout(CONNECTING);
    let client = Client::open(url.connection_info().set_tcp_settings(tcp))?;
    // Half a second of trying again bridges a restart; whoever asks may try for longer.
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECTING))
        .set_response_timeout(Some(answering))
        .set_min_delay(Duration::from_millis(50))
        .set_max_delay(Duration::from_millis(200))
        .set_number_of_retries(4);
    ConnectionManager::new_lazy_with_config(client, config)
}
