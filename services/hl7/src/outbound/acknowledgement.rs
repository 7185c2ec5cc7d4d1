use crate::message::Message;

/// What a receiver makes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Acknowledgement {
    /// AA, or CA of a receiver that commits.
    Accepted,
    /// Its code, and what it says of it. May repeat what it was sent: never logged.
    Refused(String),
}

/// Longest reason that is kept, in characters.
const LONGEST: usize = 500;

impl Acknowledgement {
    /// `None` where it is no acknowledgement of the message with that control id.
    pub(super) fn read(bytes: &[u8], control_id: &str) -> Option<Self> {
        let message = Message::parse(&String::from_utf8_lossy(bytes)).ok()?;
        let acknowledged = message.segment("MSA")?;
        if acknowledged.value(2)? != control_id {
            return None;
        }
        let code = acknowledged.value(1)?;
        match code.as_str() {
            "AA" | "CA" => Some(Self::Accepted),
            "AE" | "AR" | "CE" | "CR" => {
                let error = message.segment("ERR");
                let said = error.and_then(|error| {
                    let said = error.value(8).or_else(|| error.component(3, 2));
                    said.or_else(|| error.value(3))
                });
                let said = said.or_else(|| acknowledged.value(3));
                let said = said.unwrap_or_else(|| "without a reason".to_owned());
                let reason = format!("{code}: {said}");
                Some(Self::Refused(reason.chars().take(LONGEST).collect()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rest: &str) -> Option<Acknowledgement> {
        let text = format!("MSH|^~\\&|LIS||||||ACK^R01|9|P|2.5.1\r{rest}");
        Acknowledgement::read(text.as_bytes(), "C1")
    }

    #[test]
    fn what_the_receiver_says_is_heard() {
        assert_eq!(read("MSA|AA|C1\r"), Some(Acknowledgement::Accepted));
        assert_eq!(read("MSA|CA|C1\r"), Some(Acknowledgement::Accepted));
        for (rest, reason) in [
            ("MSA|AE|C1|no such order", "AE: no such order"),
            (
                "MSA|AR|C1\rERR|||207^Internal|E||||try again",
                "AR: try again",
            ),
            ("MSA|AR|C1\rERR|||207^Internal|E", "AR: Internal"),
            ("MSA|AE|C1", "AE: without a reason"),
        ] {
            let refused = Acknowledgement::Refused(reason.to_owned());
            assert_eq!(read(rest), Some(refused), "{rest}");
        }
        for none in ["", "MSA|AA|C2", "MSA|AA", "MSA||C1", "MSA|XX|C1", "hello"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
