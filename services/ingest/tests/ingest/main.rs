//! The service on a real store, catalog and queue in a temporary folder, with painted slides.

mod identity;
mod lab;
mod receive;
mod run;
mod tile;
