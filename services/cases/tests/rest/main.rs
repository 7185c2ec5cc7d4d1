//! The routes through the access layer, on a real catalog and store.

mod annotations;
mod cases;
mod first_read;
mod lab;
mod models;
mod on_record;
mod orders;
mod patients;
mod reconciliation;
mod reports;
mod reviews;
mod samples;
mod signatures;
mod slides;
mod watch;
