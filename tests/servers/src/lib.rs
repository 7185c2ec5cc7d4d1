//! Real servers that tests start: each in a folder and on a port of its own, killed when dropped.

mod redis_server;

pub use redis_server::RedisServer;
