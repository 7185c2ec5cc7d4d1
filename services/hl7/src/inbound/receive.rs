use std::error::Error;

use catalog::{
    AnsweredOrders, Catalog, CatalogError, OrderConflict, OrderRow, StoredAnswer, StoredMessage,
};
use queue::Queue;
use telemetry::Hl7OrdersOutcome as Outcome;
use tracing::warn;

use super::fault::{Fault, FaultCode, Location};
use super::header::Header;
use super::order::orders;
use super::reply::{accepted, refused};
use crate::charset::{Charset, latin1};
use crate::message::{Message, NoMessage};
use crate::placer::sender_name;

/// What answers are given from.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) catalog: Catalog,
    pub(super) queue: Queue,
}

impl Desk {
    /// Does what a message says, once, and gives the answer; the same one again to the same message.
    /// It is stored, with its effect, before this returns.
    ///
    /// # Errors
    /// If there is nobody to answer.
    pub(super) async fn answer(&self, bytes: &[u8]) -> Result<Vec<u8>, NoMessage> {
        let (header, message) = read(bytes)?;
        let (outcome, answer) = match self.stored_answer(bytes, &header, message).await {
            Ok(answer) => answer,
            Err(error) => {
                let error: &dyn Error = &error;
                warn!(error, "an HL7 message was not taken: the catalog did not");
                (Outcome::Postponed, refused(&header, &not_now()))
            }
        };
        telemetry::hl7_orders_answered(outcome);
        Ok(header.charset.write(&answer))
    }

    async fn stored_answer(
        &self,
        bytes: &[u8],
        header: &Header,
        message: Result<Message, Fault>,
    ) -> Result<(Outcome, String), CatalogError> {
        if let Err(fault) = header.check_key() {
            return Ok((Outcome::Refused, refused(header, &fault)));
        }
        let sender = sender_name(header.sender());
        let stored = StoredMessage {
            sender: &sender,
            control_id: &header.control_id,
            bytes,
        };
        let before = self.catalog.answer_under(stored.sender, stored.control_id);
        if let Some(before) = before.await? {
            return Ok(again(header, stored, before));
        }
        let asked = message.and_then(|message| {
            header.check_kind()?;
            orders(&message, header.sender())
        });
        let fault = match asked {
            Ok(orders) => {
                let answer = |rows: &[OrderRow]| accepted(header, rows);
                match self.catalog.answer_orders(stored, &orders, answer).await? {
                    AnsweredOrders::Placed { answer, cases } => {
                        self.follow(&cases).await;
                        return Ok((Outcome::Accepted, answer));
                    }
                    AnsweredOrders::Before(before) => return Ok(again(header, stored, before)),
                    AnsweredOrders::Refused { number, conflict } => conflicting(number, conflict),
                }
            }
            Err(fault) => fault,
        };
        let answer = refused(header, &fault);
        let kept = self.catalog.answer_without_effect(stored, &answer).await?;
        let (_, answer) = again(header, stored, kept);
        Ok((Outcome::Refused, answer))
    }

    /// The orders are placed: where this fails, the sweeper sends their slides ahead, and those that
    /// wait to be matched are on the list of a person.
    async fn follow(&self, cases: &[flow::CaseId]) {
        for case in cases {
            let followed = reading::orders_came(&self.catalog, &self.queue, *case).await;
            if let Err(error) = followed {
                let error: &dyn Error = &error;
                warn!(error, case.id = %case, "the slides of a case were not matched and sent ahead");
            }
        }
    }
}

/// The header of any message, and the rest where it can be read.
fn read(bytes: &[u8]) -> Result<(Header, Result<Message, Fault>), NoMessage> {
    let first = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    // Separators and codes are ASCII whatever the rest is.
    let header = Message::parse(&latin1(first.unwrap_or_default()))?;
    let segment = header.segment("MSH").ok_or(NoMessage::NoHeader)?;
    let charset = Charset::named(&segment.value(18).unwrap_or_default());
    let wrong = |remedy: &str| {
        let location = Location::field("MSH", 18);
        Fault::new(FaultCode::TableValueNotFound, location, remedy)
    };
    let Some(charset) = charset else {
        let fault = wrong("messages are read in ASCII, UNICODE UTF-8 or 8859/1: name one of them");
        return Ok((Header::of(&header, Charset::Ascii)?, Err(fault)));
    };
    let Some(text) = charset.read(bytes.to_vec()) else {
        let fault = wrong(
            "the message is not in the characters that it names (none is ASCII): name those it is in",
        );
        return Ok((Header::of(&header, Charset::Ascii)?, Err(fault)));
    };
    match Message::parse(&text) {
        Ok(message) => Ok((Header::of(&message, charset)?, Ok(message))),
        Err(no_message) => {
            let location = Location::segment("MSH", 1);
            let remedy = no_message.to_string();
            let fault = Fault::new(FaultCode::SegmentSequence, location, remedy);
            Ok((Header::of(&header, charset)?, Err(fault)))
        }
    }
}

/// What was answered before, to the same bytes.
fn again(header: &Header, message: StoredMessage<'_>, before: StoredAnswer) -> (Outcome, String) {
    if before.digest == message.digest() {
        return (Outcome::Repeated, before.text);
    }
    let fault = Fault::new(
        FaultCode::DuplicateKey,
        Location::field("MSH", 10),
        "another message came under this control id before: give each one of its own",
    );
    (Outcome::Refused, refused(header, &fault))
}

fn conflicting(number: usize, conflict: OrderConflict) -> Fault {
    let location = match conflict {
        OrderConflict::OtherPatient => Location::field("PID", 3),
        OrderConflict::OtherUnderKey | OrderConflict::OtherPriority => {
            Location::order(number + 1, 2)
        }
    };
    Fault::new(FaultCode::DuplicateKey, location, conflict.to_string())
}

fn not_now() -> Fault {
    Fault::new(
        FaultCode::Internal,
        Location::segment("MSH", 1),
        "nothing was stored: send the same message again later",
    )
}
