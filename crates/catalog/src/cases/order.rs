use chrono::{DateTime, Utc};
use flow::{CaseId, OrderId, Sha256Digest, TaskId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::PrivateName;

/// What a laboratory asks for: one stained slide of one block, or less exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    pub accession: PrivateName,
    /// A pseudonym.
    pub patient: PrivateName,
    #[serde(default)]
    pub specimen: Option<PrivateName>,
    #[serde(default)]
    pub part: Option<PrivateName>,
    #[serde(default)]
    pub block: Option<PrivateName>,
    #[serde(default)]
    pub stain: Option<PrivateName>,
    /// The task that is asked for, if one is named.
    #[serde(default)]
    pub task: Option<TaskId>,
    #[serde(default)]
    pub priority: Priority,
}

/// How soon a case is wanted, as HL7 has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    #[default]
    Routine,
    Urgent,
    /// At once.
    Stat,
}

/// Who orders, and under which key of theirs.
#[derive(Clone, Debug)]
pub struct OrderSender {
    /// Name on the token.
    pub name: String,
    /// Two orders of one sender under one key are the same order sent twice.
    pub idempotency_key: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    pub id: OrderId,
    pub case: CaseId,
    pub order: NewOrder,
    pub ordered_by: String,
    /// The sender's own key of it.
    pub idempotency_key: Option<String>,
    pub ordered_at: DateTime<Utc>,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    New(OrderRow),
    /// The same order was placed before; nothing changed.
    Known(OrderRow),
    Refused(OrderConflict),
}

/// Why an order is not the one it claims to be, with the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OrderConflict {
    #[error(
        "the accession number belongs to another patient: nothing was ordered, look whose it is"
    )]
    OtherPatient,
    /// The key stands for another order.
    #[error(
        "another order was placed under this Idempotency-Key or identifier: nothing was ordered, \
         give each order one of its own"
    )]
    OtherUnderKey,
    #[error(
        "the same specimen, part, block, stain and task were ordered with another priority: \
         nothing was ordered"
    )]
    OtherPriority,
}

impl NewOrder {
    /// Equal for orders of the same thing.
    pub(super) fn natural_key(&self) -> String {
        let parts = [
            Some(&self.accession),
            self.specimen.as_ref(),
            self.part.as_ref(),
            self.block.as_ref(),
            self.stain.as_ref(),
        ];
        let mut text = self
            .task
            .as_ref()
            .map(TaskId::to_string)
            .unwrap_or_default();
        for part in parts {
            // No name holds this character.
            text.push('\0');
            text.push_str(part.map(PrivateName::reveal).unwrap_or_default());
        }
        Sha256Digest::of(text.as_bytes()).to_string()
    }
}
