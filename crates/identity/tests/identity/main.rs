//! The crate as its users see it, against a provider over HTTP.

mod attacks;
mod attacks_on_id_tokens;
mod code_flow;
mod good;
mod lab;
mod rotation;
