//! Catalogs of both kinds. PostgreSQL is one server for all tests but those that stop it.

mod access;
mod both_kinds;
mod chunk_claims;
mod covariates;
mod place;
mod postgres;
mod processes;
mod samples;
mod slides;
mod sqlite_file;
