use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use flow::{CaseId, Sha256Digest};
use serde_json::json;

use crate::audit::append;
use crate::cases::{order_placed, place_order};
use crate::columns::{get, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{
    AuditAction, AuditEvent, Catalog, CatalogError, NewOrder, OrderConflict, OrderRow, OrderSender,
    Placed,
};

/// A message as it came in.
#[derive(Clone, Copy)]
pub struct StoredMessage<'a> {
    /// By its own name.
    pub sender: &'a str,
    /// The sender's number of the message.
    pub control_id: &'a str,
    /// May name a patient: never logged.
    pub bytes: &'a [u8],
}

/// How a message was answered.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Of the message.
    pub digest: Sha256Digest,
    /// May name a patient: never logged.
    pub text: String,
}

/// What became of a message with orders.
#[derive(Clone, PartialEq, Eq)]
pub enum AnsweredOrders {
    /// All were placed, now or before.
    Placed { answer: String, cases: Vec<CaseId> },
    /// One of them, counted from 0, is not what it claims to be. None was placed, nothing is stored.
    Refused {
        number: usize,
        conflict: OrderConflict,
    },
    /// A message of the same sender and control id was answered before.
    Before(StoredAnswer),
}

impl Catalog {
    /// How a message of this sender and control id was answered, if there was any.
    pub async fn answer_under(
        &self,
        sender: &str,
        control_id: &str,
    ) -> Result<Option<StoredAnswer>, CatalogError> {
        let row = self.readers.fetch_optional(lookup(sender, control_id));
        row.await?.as_ref().map(read_answer).transpose()
    }

    /// Places orders, and stores the message that they came by with the answer that is made of them:
    /// all or nothing. The audit trail says that `sender` did.
    pub async fn answer_orders(
        &self,
        message: StoredMessage<'_>,
        orders: &[(NewOrder, OrderSender)],
        answer: impl FnOnce(&[OrderRow]) -> String,
    ) -> Result<AnsweredOrders, CatalogError> {
        let mut transaction = self.records.begin("answer a message").await?;
        if let Some(before) = answered(&mut transaction, message).await? {
            return Ok(AnsweredOrders::Before(before));
        }
        let mut rows = Vec::new();
        for (number, (order, sender)) in orders.iter().enumerate() {
            match place_order(&mut transaction, order, sender).await? {
                Placed::New(row) | Placed::Known(row) => rows.push(row),
                Placed::Refused(conflict) => {
                    return Ok(AnsweredOrders::Refused { number, conflict });
                }
            }
        }
        let answer = answer(&rows);
        if !insert(&mut transaction, message, &answer).await? {
            // Somebody was quicker, and has placed them as well.
            let before = transaction.fetch_one(lookup(message.sender, message.control_id));
            return Ok(AnsweredOrders::Before(read_answer(&before.await?)?));
        }
        let n_orders = rows.len();
        append(&mut transaction, message_answered(message, n_orders)).await?;
        for (row, (_, sender)) in rows.iter().zip(orders) {
            append(&mut transaction, order_placed(row, &sender.name)).await?;
        }
        transaction.commit().await?;
        let cases = rows.iter().map(|row| row.case).collect();
        Ok(AnsweredOrders::Placed { answer, cases })
    }

    /// Stores a message that has no effect with its answer. What is stored in the end: the answer of
    /// before, if there was one.
    pub async fn answer_without_effect(
        &self,
        message: StoredMessage<'_>,
        answer: &str,
    ) -> Result<StoredAnswer, CatalogError> {
        let mut transaction = self.records.begin("answer a message").await?;
        if insert(&mut transaction, message, answer).await? {
            append(&mut transaction, message_answered(message, 0)).await?;
        }
        let stored = transaction.fetch_one(lookup(message.sender, message.control_id));
        let stored = read_answer(&stored.await?)?;
        transaction.commit().await?;
        Ok(stored)
    }

    /// Forgets messages that came before that time: their control ids may then come anew. How many
    /// these were.
    pub async fn forget_received_messages(
        &self,
        before: DateTime<Utc>,
    ) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "forget old messages",
            "DELETE FROM hl7_received WHERE received_at_ms < $1",
        );
        let statement = statement.bind(before.timestamp_millis());
        self.records.execute(statement).await
    }
}

impl StoredMessage<'_> {
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.bytes)
    }
}

async fn answered(
    transaction: &mut Transaction,
    message: StoredMessage<'_>,
) -> Result<Option<StoredAnswer>, CatalogError> {
    let row = transaction.fetch_optional(lookup(message.sender, message.control_id));
    row.await?.as_ref().map(read_answer).transpose()
}

fn lookup(sender: &str, control_id: &str) -> Statement {
    Statement::to(
        "look up a message",
        "SELECT sha256, answer FROM hl7_received WHERE sender = $1 AND control_id = $2",
    )
    .bind(sender)
    .bind(control_id)
}

/// Whether there was none of its sender and control id.
async fn insert(
    transaction: &mut Transaction,
    message: StoredMessage<'_>,
    answer: &str,
) -> Result<bool, CatalogError> {
    let statement = Statement::to(
        "store a message",
        "INSERT INTO hl7_received (sender, control_id, sha256, body, answer, received_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(message.sender)
    .bind(message.control_id)
    .bind(message.digest().to_string())
    .bind(STANDARD.encode(message.bytes))
    .bind(answer)
    .bind(Utc::now().timestamp_millis());
    Ok(transaction.execute(statement).await? > 0)
}

fn message_answered(message: StoredMessage<'_>, n_orders: usize) -> AuditEvent {
    AuditEvent {
        actor: message.sender.to_owned(),
        action: AuditAction::MessageAnswered,
        slide: None,
        detail: json!({ "message": message.digest().short(), "n_orders": n_orders }),
    }
}

fn read_answer(row: &Row) -> Result<StoredAnswer, CatalogError> {
    Ok(StoredAnswer {
        digest: parse(row, "sha256")?,
        text: get(row, "answer")?,
    })
}

impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredAnswer({})", self.digest.short())
    }
}

impl fmt::Debug for AnsweredOrders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placed { cases, .. } => write!(f, "Placed({cases:?})"),
            Self::Refused { number, conflict } => write!(f, "Refused({number}, {conflict:?})"),
            Self::Before(answer) => write!(f, "Before({answer:?})"),
        }
    }
}
