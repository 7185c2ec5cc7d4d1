//! The service on a real store, catalog and queue in a temporary folder, with painted slides.

mod lab;
mod receive;
mod resume;
mod run;
mod tile;
