use crate::message::Segment;

/// Why a message has no effect, as its sender is told (ERR, HL7 v2.5.1 section 2.15.5). No part of the
/// message is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: FaultCode,
    pub(super) location: Location,
    /// What to do.
    pub(super) remedy: String,
}

/// ERL: a segment's name, which of its name it is, and a field if one is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Location {
    segment: &'static str,
    number: usize,
    field: Option<usize>,
}

/// Those of table 0357 that are told here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultCode {
    SegmentSequence,
    RequiredFieldMissing,
    DataType,
    TableValueNotFound,
    UnsupportedMessageType,
    UnsupportedEvent,
    UnsupportedProcessing,
    UnsupportedVersion,
    DuplicateKey,
    /// Not of the message: the same may be taken later.
    Internal,
}

impl Fault {
    pub(super) fn new(code: FaultCode, location: Location, remedy: impl Into<String>) -> Self {
        Self {
            code,
            location,
            remedy: remedy.into(),
        }
    }

    /// Whether the message is none that is taken at all (AR), not one with an error in it (AE).
    pub(super) const fn is_rejection(&self) -> bool {
        matches!(
            self.code,
            FaultCode::UnsupportedMessageType
                | FaultCode::UnsupportedEvent
                | FaultCode::UnsupportedProcessing
                | FaultCode::UnsupportedVersion
        )
    }
}

impl Location {
    /// A field of the first segment of a name.
    pub(super) const fn field(segment: &'static str, field: usize) -> Self {
        Self {
            segment,
            number: 1,
            field: Some(field),
        }
    }

    /// A field of the ORC of an order, of which the first is 1.
    pub(super) const fn order(number: usize, field: usize) -> Self {
        Self {
            segment: "ORC",
            number,
            field: Some(field),
        }
    }

    pub(super) const fn segment(segment: &'static str, number: usize) -> Self {
        Self {
            segment,
            number,
            field: None,
        }
    }

    /// A field of that segment, whose name is one that is known.
    pub(super) const fn within(name: &'static str, segment: &Segment, field: usize) -> Self {
        Self {
            segment: name,
            number: segment.number,
            field: Some(field),
        }
    }

    pub(super) fn written(self) -> String {
        let Self {
            segment, number, ..
        } = self;
        match self.field {
            Some(field) => format!("{segment}^{number}^{field}"),
            None => format!("{segment}^{number}"),
        }
    }
}

impl FaultCode {
    pub(super) const fn coded(self) -> (&'static str, &'static str) {
        match self {
            Self::SegmentSequence => ("100", "Segment sequence error"),
            Self::RequiredFieldMissing => ("101", "Required field missing"),
            Self::DataType => ("102", "Data type error"),
            Self::TableValueNotFound => ("103", "Table value not found"),
            Self::UnsupportedMessageType => ("200", "Unsupported message type"),
            Self::UnsupportedEvent => ("201", "Unsupported event code"),
            Self::UnsupportedProcessing => ("202", "Unsupported processing id"),
            Self::UnsupportedVersion => ("203", "Unsupported version id"),
            Self::DuplicateKey => ("205", "Duplicate key identifier"),
            Self::Internal => ("207", "Application internal error"),
        }
    }
}
