//! The record of slides, their progress and their results, of cases and what people say of them, of
//! access tokens, of who did what, and of who is told of it.
//!
//! The contract, which `tests/` holds both kinds of catalog to:
//!
//! * What a call has acknowledged survives a power cut; only [`Catalog::set_progress`],
//!   [`ChunkClaims`] and [`TileScore`]s may be lost.
//! * Any number of processes may share a catalog. Of those who make the same conditional change,
//!   one does; of those who open a new catalog at once, one makes the tables.
//! * The audit trail only grows. Its rows are numbered without a gap, and whoever sees one has seen
//!   all before it. They are one chain of hashes, whoever writes them: what is changed, removed,
//!   added or moved behind our back is found by [`Catalog::verify_audit`].
//! * What people said of a slide and signed of a case only grows as well; of those who amend the
//!   same review, or sign the same version, one does.
//! * Of those who write to the same upload the last to begin does, and what it kept is the file from
//!   its first byte on. A part is noted before it can be in storage.
//! * What a webhook is to be told is written with what it tells of: both are there or neither. Of
//!   those who would send a message one does, until it is silent for too long.
//! * A message of the laboratory's is stored with its effect and its answer: all are there or none.
//!   Results are written down to be sent with what they tell of; they are sent in their order, one at
//!   a time.
//! * Of the versions of a task that are registered one is active at most. None becomes so but with a
//!   stored evaluation that meets its criteria, by having been in service before, or by a rollback; how it
//!   came to its state stays. What a task in shadow says is in no answer about results.
//! * A piece of work is metered once, when it was first done, however often it is metered.
//! * Of what is not as it was with a model one alert is open at most, however many look; it stays on
//!   record with who saw it, and why a person closed it. What a model was accepted on is never changed.
//! * A schema that a newer version has changed is left alone.
//!
//! There are two kinds, on one schema and one set of statements. [`Catalog::open`] has a file of
//! SQLite, which the processes of one machine can share. [`Catalog::connect`] has a database on
//! PostgreSQL, and this is what it adds:
//!
//! * It may be restarted at any time. A call waits some seconds for it, then fails with
//!   [`CatalogError::Away`]; once it is back, calls go on as before.

mod annotations;
mod audit;
mod cases;
mod catalog;
mod chunk_claims;
mod columns;
mod connections;
mod covariates;
mod dicom_instances;
mod error;
mod file_name;
mod hl7;
mod identity;
mod metered_work;
mod migrations;
mod models;
mod postgres;
mod predictions;
mod progress;
mod reviews;
mod role;
mod row;
mod slide_ids;
mod slides;
mod sqlite;
mod statement;
mod status;
mod task_failures;
mod tile_scores;
mod tokens;
mod transaction;
mod uploads;
mod watch;
mod webhooks;

pub use annotations::{AnnotationRow, NewAnnotation};
pub use audit::{
    AuditAction, AuditCheck, AuditEvent, AuditFault, AuditFaultKind, AuditHead, AuditPage, AuditRow,
};
pub use cases::{
    CasePage, CaseRow, CaseStanding, NewOrder, OrderConflict, OrderRow, OrderSender, Placed,
    Priority, SlidePlace,
};
pub use catalog::Catalog;
pub use chunk_claims::ChunkClaims;
pub use dicom_instances::{DicomEntity, KeptInstance, NewDicomInstance};
pub use error::CatalogError;
pub use file_name::FileName;
pub use flow::{NoPrivateText, PrivateName, PrivateRemark, PrivateText};
pub use hl7::{
    AnsweredOrders, DueResults, ResultsMessage, ResultsPage, ResultsSettled, ResultsState,
    StoredAnswer, StoredMessage,
};
pub use identity::{
    IdentityChange, IdentityCorrection, IdentityRow, IdentityStanding, LabelReading, SlideIdentity,
    Witness, WitnessSource,
};
pub use metered_work::{MeteredKind, MeteredWork, NewMeteredWork};
pub use models::{
    ChangeCause, ComparedResults, Model, ModelChange, ModelEvaluation, ModelKind, ModelMove,
    ModelRow, ModelStandings, ModelState, ModelTarget, MoveRefusal, Moved, NewModel,
    NewModelEvaluation, RegisteredModel, Standing, UnknownModelState,
};
pub use postgres::{NoPostgresUrl, PostgresUrl};
pub use predictions::RecordedPrediction;
pub use reviews::{
    AddedReview, Finding, Impression, NewReview, NewSignOff, Opinion, OverrideReason, ReviewRow,
    SeenResult, SignOffRow, standing_reviews,
};
pub use role::{Role, UnknownRole};
pub use slides::{NewSlide, Page, Registered, SlideRow};
pub use status::Advance;
pub use task_failures::{NewTaskFailure, TaskFailure};
pub use tile_scores::{ScoredChunk, TileScore};
pub use tokens::{NewToken, TokenKind, TokenRow};
pub use uploads::{
    BegunUpload, FinishedNumbers, JoinedAs, KeptNumber, NewFile, NewUpload, NumberedPart,
    ObjectName, PartNumber, UploadMetadata, UploadPartRow, UploadQuota, UploadRow, UploadState,
};
pub use watch::{
    AlertClosing, AlertSighting, ClosedAlert, IsoWeek, JudgedSlide, ModelAlert, ModelAlertKind,
    ModelReference, ModelWatch, NewModelAlert, NewModelReference, NewObservation, NoIsoWeek,
    Observation, ObservedSketch, Unobserved, WatchKind,
};
pub use webhooks::{
    DueMessage, LastAttempt, NewWebhook, SettledAs, UnknownWebhookKind, WebhookKind,
    WebhookMessage, WebhookMessagePage, WebhookMessageState, WebhookRow, WebhookSecret,
    WebhookStanding,
};
