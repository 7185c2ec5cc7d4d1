//! Catalogs of both kinds. PostgreSQL is one server for all tests but those that stop it.

mod access;
mod annotations;
mod audit_chain;
mod both_kinds;
mod cases;
mod chunk_claims;
mod covariates;
mod dicom_instances;
mod hl7;
mod hl7_results;
mod identities;
mod metered_work;
mod models;
mod place;
mod postgres;
mod processes;
mod reviews;
mod samples;
mod slides;
mod sqlite_file;
mod tampering;
mod task_failures;
mod tile_scores;
mod uploads;
mod watch;
mod webhooks;
