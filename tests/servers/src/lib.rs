//! Real servers that tests start: each in a folder and on ports of its own.

mod certificate;
mod openid;
mod postgres_server;
mod redis_server;
mod seaweed_server;
mod troubled_proxy;

pub use certificate::certificate_in;
pub use openid::{CLIENT, CLIENT_SECRET, KeyKind, OpenIdProvider, SigningKey};
pub use postgres_server::PostgresServer;
pub use redis_server::RedisServer;
pub use seaweed_server::{ACCESS_KEY, BUCKET, Killed, SECRET_KEY, SeaweedServer, s3_arguments};
pub use troubled_proxy::{Line, TroubledProxy};
