//! The record of slides, their progress and their results, of access tokens and of who did what.
//!
//! Embedded it is one SQLite file. What a call has acknowledged survives a power cut; only
//! [`Catalog::set_progress`] may be lost. Several processes may have the same file open.

mod audit;
mod catalog;
mod columns;
mod covariates;
mod error;
mod file_name;
mod migrations;
mod predictions;
mod progress;
mod role;
mod slides;
mod status;
mod tokens;

pub use audit::{AuditAction, AuditEvent, AuditRow};
pub use catalog::Catalog;
pub use error::CatalogError;
pub use file_name::FileName;
pub use role::{Role, UnknownRole};
pub use slides::{NewSlide, Page, Registered, SlideRow};
pub use status::Advance;
pub use tokens::{NewToken, TokenKind, TokenRow};
