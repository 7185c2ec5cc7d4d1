//! What a queue promises to those who publish and those who consume.

mod conformance;
mod messages;
mod redis_kind;
mod redis_server;
mod subject;
mod traces;
