use std::fmt;

use crate::message::{composed, escaped};

/// The placer's number of an order, and who gave it (EI): `4711` or `4711^LIS`, as orders keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlacerNumber {
    id: String,
    namespace: Option<String>,
}

/// Longest number with its namespace, in characters.
const LONGEST: usize = 199;

/// Before the name of whoever ordered by HL7: the keys of their orders are placer's numbers.
const BY_HL7: &str = "hl7 ";

impl PlacerNumber {
    /// `None` where it is too long or has characters that no number has.
    pub(crate) fn new(id: &str, namespace: Option<&str>) -> Option<Self> {
        let number = Self {
            id: id.to_owned(),
            namespace: namespace.map(str::to_owned),
        };
        let parts = [Some(id), namespace];
        let is_wrong = |c: char| c.is_control() || c == '^';
        let is_good = !parts.iter().flatten().any(|part| part.contains(is_wrong));
        (is_good && number.to_string().chars().count() <= LONGEST).then_some(number)
    }

    /// That of an order, if it came by HL7.
    pub(crate) fn of(order: &catalog::OrderRow) -> Option<Self> {
        let key = order.idempotency_key.as_deref();
        let key = key.filter(|_| order.ordered_by.starts_with(BY_HL7))?;
        match key.split_once('^') {
            Some((id, namespace)) => Self::new(id, Some(namespace)),
            None => Self::new(key, None),
        }
    }

    /// As a field.
    pub(crate) fn written(&self) -> String {
        let namespace = self.namespace.as_deref().unwrap_or_default();
        composed(&[&escaped(&self.id), &escaped(namespace)])
    }
}

impl fmt::Display for PlacerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        match &self.namespace {
            Some(namespace) => write!(f, "^{namespace}"),
            None => Ok(()),
        }
    }
}

/// Who orders, as it stands with the order and in the audit trail.
pub(crate) fn sender_name(sender: &str) -> String {
    format!("{BY_HL7}{sender}")
}
