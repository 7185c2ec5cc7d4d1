use super::fault::{Fault, FaultCode, Location};
use crate::charset::Charset;
use crate::message::{Message, NoMessage, Segment, composed, escaped};

/// What an answer needs of the message that it answers.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// MSH-3 and MSH-4, as they go back in MSH-5 and MSH-6.
    from: [String; 2],
    /// MSH-5 and MSH-6.
    to: [String; 2],
    /// The names in MSH-3 and MSH-4.
    sender: String,
    pub(super) control_id: String,
    kind: [String; 2],
    processing: String,
    version: String,
    pub(super) charset: Charset,
}

/// Longest sender and control id, in characters.
const LONGEST: usize = 199;

impl Header {
    pub(super) fn of(message: &Message, charset: Charset) -> Result<Self, NoMessage> {
        let segment = message.segment("MSH").ok_or(NoMessage::NoHeader)?;
        let names = [3, 4].map(|field| segment.value(field).unwrap_or_default());
        let kind = [1, 2].map(|number| segment.component(9, number).unwrap_or_default());
        Ok(Self {
            from: [3, 4].map(|field| again(segment, field)),
            to: [5, 6].map(|field| again(segment, field)),
            sender: names.join("|").trim_end_matches('|').to_owned(),
            control_id: segment.value(10).unwrap_or_default(),
            kind,
            processing: segment.value(11).unwrap_or_default(),
            version: segment.value(12).unwrap_or_default(),
            charset,
        })
    }

    /// By whom, and under which number, a message has one effect.
    pub(super) fn sender(&self) -> &str {
        &self.sender
    }

    /// MSH-3 to MSH-6 of the answer.
    pub(super) fn addresses(&self) -> [&str; 4] {
        let [application, facility] = &self.from;
        let [own_application, own_facility] = &self.to;
        [own_application, own_facility, application, facility].map(String::as_str)
    }

    /// Whether the message can be known again.
    pub(super) fn check_key(&self) -> Result<(), Fault> {
        let is_good = |text: &str| {
            let n_characters = text.chars().count();
            (1..=LONGEST).contains(&n_characters) && !text.contains(char::is_control)
        };
        if !is_good(&self.control_id) {
            return Err(Fault::new(
                FaultCode::RequiredFieldMissing,
                Location::field("MSH", 10),
                format!("give each message a control id of its own, of 1 to {LONGEST} characters"),
            ));
        }
        if !is_good(&self.sender) || self.sender.starts_with('|') {
            return Err(Fault::new(
                FaultCode::RequiredFieldMissing,
                Location::field("MSH", 3),
                "name the sending application: its messages are known by it",
            ));
        }
        Ok(())
    }

    /// Whether it is a message that is taken here.
    pub(super) fn check_kind(&self) -> Result<(), Fault> {
        let [kind, event] = self.kind.each_ref().map(String::as_str);
        let refused = |code, field, remedy: &str| {
            Err(Fault::new(code, Location::field("MSH", field), remedy))
        };
        if kind != "OML" {
            let code = FaultCode::UnsupportedMessageType;
            return refused(code, 9, "orders are taken here, as OML^O21^OML_O21");
        }
        if event != "O21" {
            let code = FaultCode::UnsupportedEvent;
            return refused(code, 9, "orders are taken here, as OML^O21^OML_O21");
        }
        if self.processing != "P" {
            let code = FaultCode::UnsupportedProcessing;
            return refused(
                code,
                11,
                "orders are taken in production (P): try others elsewhere",
            );
        }
        if !matches!(self.version.as_str(), "2.5" | "2.5.1") {
            let code = FaultCode::UnsupportedVersion;
            return refused(code, 12, "messages of version 2.5.1 are read");
        }
        Ok(())
    }
}

/// A field's first repetition, with the usual separators.
fn again(segment: &Segment, field: usize) -> String {
    let components = segment.components(field);
    let components: Vec<String> = components.iter().map(|text| escaped(text)).collect();
    let components: Vec<&str> = components.iter().map(String::as_str).collect();
    composed(&components)
}
