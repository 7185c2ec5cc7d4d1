//! Orders and results over real lines.

mod hostile;
mod lab;
mod line;
mod orders;
mod receiver;
mod refusals;
mod sending;
mod tls;
