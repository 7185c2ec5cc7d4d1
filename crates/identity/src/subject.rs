use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};

/// Somebody or something, as the provider knows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// Of the provider.
    pub issuer: String,
    /// `sub`: never another's at that provider, and never changed.
    pub id: String,
    /// What people call it, which may change: letters alone, at most 100.
    pub name: String,
    pub groups: Vec<String>,
    /// Where a claim with it was named.
    pub tenant: Option<String>,
    /// When the token that says so ends.
    pub expires_at: DateTime<Utc>,
}

impl Subject {
    /// Who it is to the audit trail: its name with digits that follow from issuer and `sub` alone,
    /// so that two of one name are two, and one of two names is one.
    pub fn actor(&self) -> String {
        let whole = digest(&SHA256, format!("{}\n{}", self.issuer, self.id).as_bytes());
        let digits = hex::encode(&whole.as_ref()[..6]);
        format!("{} #{digits}", self.name)
    }
}

/// A name as the provider has it, without what could pass for something else in a list.
pub(crate) fn plain_name(text: &str) -> String {
    let shown = text
        .chars()
        .filter(|letter| !letter.is_control() && *letter != '#');
    let name: String = shown.take(100).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(issuer: &str, id: &str, name: &str) -> Subject {
        Subject {
            issuer: issuer.to_owned(),
            id: id.to_owned(),
            name: plain_name(name),
            groups: Vec::new(),
            tenant: None,
            expires_at: Utc::now(),
        }
    }

    #[test]
    fn an_actor_is_one_person_of_one_provider() {
        let gram = subject("https://a", "7", "Dr. Gram").actor();
        assert!(gram.starts_with("Dr. Gram #"), "{gram}");
        let digits = |actor: &str| actor.split('#').nth(1).unwrap_or_default().to_owned();
        assert_eq!(digits(&gram).len(), 12);
        let renamed = subject("https://a", "7", "Dr. Gram-Stain").actor();
        assert_eq!(digits(&gram), digits(&renamed));
        for other in [("https://a", "8"), ("https://b", "7")] {
            assert_ne!(gram, subject(other.0, other.1, "Dr. Gram").actor());
        }
    }

    #[test]
    fn a_name_cannot_pass_for_another_actor() {
        assert_eq!(plain_name("a\u{0}b #0123\r\nc  d"), "ab 0123c d");
        assert_eq!(plain_name(&"x".repeat(500)).len(), 100);
    }
}
