use std::fmt;

/// The first place where the audit trail is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditFault {
    /// The number of the event.
    pub seq: u64,
    pub kind: AuditFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFaultKind {
    /// There is no event of that number, but there are later ones.
    Missing,
    /// A column holds what is never written there.
    Unreadable,
    /// There is an event, but it is in no chain.
    Unchained,
    /// The event or its hash is not what was written, or stood elsewhere.
    Changed,
    /// Events from this number on were removed from the end.
    EndMissing,
    /// Events from this number on are behind the end.
    BehindEnd,
    /// What is kept of the end does not fit the last event.
    EndChanged,
    /// The head that was written down is that of none of the events.
    HeadUnknown,
}

impl AuditFaultKind {
    /// For programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Unchained => "unchained",
            Self::Changed => "changed",
            Self::EndMissing => "end_missing",
            Self::BehindEnd => "behind_end",
            Self::EndChanged => "end_changed",
            Self::HeadUnknown => "head_unknown",
        }
    }
}

impl fmt::Display for AuditFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match self.kind {
            AuditFaultKind::Missing => write!(f, "event {seq} was removed"),
            AuditFaultKind::Unreadable => write!(f, "event {seq} holds what is never written"),
            AuditFaultKind::Unchained => write!(f, "event {seq} was added outside the chain"),
            AuditFaultKind::Changed => write!(f, "event {seq} is not what was written"),
            AuditFaultKind::EndMissing => {
                write!(f, "event {seq} and all after it were removed from the end")
            }
            AuditFaultKind::BehindEnd => write!(f, "event {seq} was added behind the end"),
            AuditFaultKind::EndChanged => {
                write!(f, "the end of the chain does not fit event {seq}, the last")
            }
            AuditFaultKind::HeadUnknown => write!(
                f,
                "none of the events up to {seq}, the last, has the hash that was written down: the \
                 chain was shortened or written anew"
            ),
        }
    }
}
