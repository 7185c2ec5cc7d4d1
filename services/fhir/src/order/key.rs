use std::fmt;

use crate::systems;

/// The sender's own identifier of an order, by which the same order sent twice is one. The catalog
/// has it as its idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderKey {
    pub(crate) system: Option<String>,
    pub(crate) value: String,
}

impl OrderKey {
    /// As the catalog has it, or as a search says it (`system|value`).
    pub(crate) fn read(text: &str) -> Self {
        let (system, value) = match text.rsplit_once('|') {
            Some((system, value)) => (Some(system), value),
            None => (None, text),
        };
        let system = system.filter(|system| !system.is_empty() && *system != systems::ORDER_KEY);
        Self {
            system: system.map(str::to_owned),
            value: value.to_owned(),
        }
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.system {
            Some(system) => write!(f, "{system}|{}", self.value),
            None => f.write_str(&self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in ["https://lis.example/orders|4711", "4711", "urn:a|b|4711"] {
            assert_eq!(OrderKey::read(text).to_string(), text);
        }
        assert_eq!(OrderKey::read("|4711"), OrderKey::read("4711"));
        let ours = format!("{}|4711", systems::ORDER_KEY);
        assert_eq!(OrderKey::read(&ours).to_string(), "4711");
    }
}
