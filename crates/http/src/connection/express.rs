use std::sync::Arc;

use axum::http::{Method, StatusCode};
use bytes::Buf;
use tokio::time::Instant;

use super::head::PlainHead;
use super::pass::Pass;
use super::tail::Tail;
use crate::RequestId;
use crate::access::Credential;
use crate::access_log::AccessLog;
use crate::gate::Gate;
use crate::kept::Answer;

/// Answers from memory, without a request or a response in between.
pub(super) struct Express {
    gate: Gate,
    pass: Option<Pass>,
    tail: Tail,
}

/// An answer, ready to be written.
pub(super) struct Ready<'e> {
    /// Bytes of the request it answers.
    pub(super) n_read: usize,
    answer: Arc<Answer>,
    tail: &'e [u8],
}

impl Express {
    pub(super) fn new(gate: Gate) -> Self {
        Self {
            gate,
            pass: None,
            tail: Tail::new(),
        }
    }

    /// The answer to the first request in `unread`; `None` where it takes more than this.
    pub(super) fn answer(&mut self, unread: &[u8], now: Instant) -> Option<Ready<'_>> {
        let head = PlainHead::parse(unread)?;
        let answer = self.gate.kept().find(head.target)?;
        self.let_in(head.credential, now)?;
        let id = RequestId::next();
        let log = AccessLog::start(&Method::GET, path(head.target));
        self.gate.kept().count_given();
        if let Some(log) = log {
            log.finish(StatusCode::OK, id);
        }
        Some(Ready {
            n_read: head.n_bytes,
            answer,
            tail: self.tail.of(id, now),
        })
    }

    fn let_in(&mut self, credential: Credential<'_>, now: Instant) -> Option<()> {
        let pass = self.pass.as_ref();
        if !pass.is_some_and(|pass| pass.covers(credential, now)) {
            let end = self.gate.may_read_until(credential)?;
            self.pass = Some(Pass::new(credential, end));
        }
        Some(())
    }
}

impl Ready<'_> {
    /// Head and body, which one system call writes.
    pub(super) fn bytes(&self) -> impl Buf {
        let head = self.answer.head().chain(self.tail);
        head.chain(self.answer.body())
    }
}

fn path(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}
