use flow::Sha256Digest;

use super::chain::{Entry, GENESIS};
use super::trail::audit_columns;
use super::{AuditFault, AuditFaultKind, AuditHead};
use crate::columns::{get, get_count};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// Events read at once.
const PAGE: u32 = 1_000;

/// What was found of the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCheck {
    /// The last event that is good, with all before it. To be written down where nobody who can
    /// write to the catalog can write.
    pub head: AuditHead,
    pub fault: Option<AuditFault>,
}

impl Catalog {
    /// Follows the whole chain, up to the first fault. Where a head was written down earlier, some
    /// event must have that hash.
    ///
    /// Whoever can write to the database can cut the chain off or write it anew as a whole, with
    /// what is kept of its end: that shows by a head that was written down, and by nothing else.
    pub async fn verify_audit(
        &self,
        written_down: Option<Sha256Digest>,
    ) -> Result<AuditCheck, CatalogError> {
        let mut walk = Walk {
            head: AuditHead {
                seq: 0,
                hash: GENESIS,
            },
            owed: written_down.filter(|head| *head != GENESIS),
        };
        let fault = self.walk(&mut walk).await?;
        Ok(AuditCheck {
            head: walk.head,
            fault,
        })
    }

    async fn walk(&self, walk: &mut Walk) -> Result<Option<AuditFault>, CatalogError> {
        loop {
            // Before the events, which others add meanwhile: those it tells of are there.
            let end = self.audit_end().await?;
            let rows = self.rows_after(walk.head.seq).await?;
            if rows.is_empty() {
                return Ok(walk.finish(end.as_ref()).err());
            }
            for row in rows {
                if let Err(fault) = walk.step(&row) {
                    return Ok(Some(fault));
                }
            }
        }
    }

    async fn audit_end(&self) -> Result<Option<Row>, CatalogError> {
        let action = "read the end of the audit trail";
        let statement = Statement::to(action, "SELECT seq, chained, hash FROM audit_end");
        let mut rows = self.readers.fetch_all(statement).await?;
        Ok(rows.pop().filter(|_| rows.is_empty()))
    }

    async fn rows_after(&self, seq: u64) -> Result<Vec<Row>, CatalogError> {
        let statement = Statement::to(
            "read the audit trail",
            concat!(
                "SELECT ",
                audit_columns!(),
                " FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2"
            ),
        );
        let statement = statement.bind(seq.cast_signed()).bind(PAGE);
        self.readers.fetch_all(statement).await
    }
}

struct Walk {
    head: AuditHead,
    /// The hash that was written down, until an event has it.
    owed: Option<Sha256Digest>,
}

impl Walk {
    fn step(&mut self, row: &Row) -> Result<(), AuditFault> {
        let next = self.head.seq + 1;
        let fault = |kind| AuditFault { seq: next, kind };
        let seq = get_count(row, "seq").or(Err(fault(AuditFaultKind::Unreadable)))?;
        if seq != next {
            return Err(fault(AuditFaultKind::Missing));
        }
        let entry = Entry::read(row).or(Err(fault(AuditFaultKind::Unreadable)))?;
        let kept = get(row, "hash").or(Err(fault(AuditFaultKind::Unreadable)))?;
        let kept: String = Option::ok_or(kept, fault(AuditFaultKind::Unchained))?;
        let hash = entry.hash(&self.head.hash);
        if kept != hash.to_string() {
            return Err(fault(AuditFaultKind::Changed));
        }
        self.head = AuditHead { seq, hash };
        self.owed = self.owed.filter(|owed| *owed != hash);
        Ok(())
    }

    /// There is no further event.
    fn finish(&self, end: Option<&Row>) -> Result<(), AuditFault> {
        let AuditHead { seq: last, hash } = self.head;
        let changed = AuditFault {
            seq: last,
            kind: AuditFaultKind::EndChanged,
        };
        let end = end.ok_or(changed)?;
        let at = get_count(end, "seq").or(Err(changed))?;
        let chained = get_count(end, "chained").or(Err(changed))?;
        let kept: String = get(end, "hash").or(Err(changed))?;
        if at > last {
            let (seq, kind) = (last + 1, AuditFaultKind::EndMissing);
            return Err(AuditFault { seq, kind });
        }
        if at < last {
            let (seq, kind) = (at + 1, AuditFaultKind::BehindEnd);
            return Err(AuditFault { seq, kind });
        }
        if chained != last || kept != hash.to_string() {
            return Err(changed);
        }
        match self.owed {
            None => Ok(()),
            Some(_) => Err(AuditFault {
                seq: last,
                kind: AuditFaultKind::HeadUnknown,
            }),
        }
    }
}
