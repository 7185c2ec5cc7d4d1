//! Who did what: a chain of events, each with a hash of itself and of the hash before it.

mod action;
mod append;
mod chain;
mod end;
mod event;
mod fault;
mod tasks;
mod trail;
mod verify;

pub use action::AuditAction;
pub(crate) use append::{append, append_at};
pub(crate) use end::{End, take_in_older};
pub use event::{AuditEvent, AuditHead, AuditRow};
pub use fault::{AuditFault, AuditFaultKind};
pub(crate) use tasks::tasks_in_service;
pub use trail::AuditPage;
pub use verify::AuditCheck;
