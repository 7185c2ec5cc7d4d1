//! Connections as clients see them: [`coverslip_http::serve`] beside hyper alone.

mod alike;
mod any_bytes;
mod streams;
mod time;
mod twins;
