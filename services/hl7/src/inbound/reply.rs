use catalog::OrderRow;
use chrono::Utc;
use flow::Sha256Digest;

use super::fault::Fault;
use super::header::Header;
use crate::message::{WrittenSegment, composed, escaped, time};
use crate::outbound::{filler, patient};
use crate::placer::PlacerNumber;

/// ORL^O22 for orders that were placed.
pub(super) fn accepted(header: &Header, rows: &[OrderRow]) -> String {
    let mut text = begun(header, "AA");
    // All orders of a message are of one patient.
    if let Some(row) = rows.first() {
        text += &patient(Some(&row.order.patient)).text();
    }
    // Of table 0119, OK: the order is taken; our number of it is the filler's.
    let controls = rows.iter().map(|row| {
        let placer = PlacerNumber::of(row);
        let placer = placer.map(|number| number.written()).unwrap_or_default();
        let control = WrittenSegment::new("ORC").field(1, "OK").field(2, placer);
        control.field(3, filler(row.id)).text()
    });
    text.extend(controls);
    text
}

/// ORL^O22 for a message without effect.
pub(super) fn refused(header: &Header, fault: &Fault) -> String {
    let mut text = begun(header, if fault.is_rejection() { "AR" } else { "AE" });
    let (code, name) = fault.code.coded();
    let error = WrittenSegment::new("ERR").field(2, fault.location.written());
    let error = error.field(3, composed(&[code, &escaped(name), "HL70357"]));
    text += &error.field(4, "E").says(8, &fault.remedy).text();
    text
}

/// From us to whoever asked, under a number of our own that the same message always gets.
fn begun(header: &Header, code: &str) -> String {
    let own = format!("{}|{}", header.sender(), header.control_id);
    let mut own = Sha256Digest::of(own.as_bytes()).to_string();
    own.truncate(20);
    let mut segment = WrittenSegment::header();
    for (field, address) in (3..).zip(header.addresses()) {
        segment = segment.field(field, address);
    }
    let segment = segment.field(7, time(Utc::now()));
    let segment = segment.field(9, "ORL^O22^ORL_O22").field(10, own);
    let segment = segment.field(11, "P").field(12, "2.5.1");
    let segment = segment.field(18, header.charset.name());
    let acknowledged = WrittenSegment::new("MSA").field(1, code);
    segment.text() + &acknowledged.says(2, &header.control_id).text()
}

#[cfg(test)]
mod tests {
    use catalog::{Priority, PrivateName};
    use chrono::DateTime;
    use flow::{CaseId, OrderId};

    use super::*;
    use crate::charset::Charset;
    use crate::message::Message;

    #[test]
    fn an_answer_goes_back_to_the_sender_with_its_numbers() {
        let message = "MSH|^~\\&|LIS^1.2^ISO|LAB|COVERSLIP|PATH|||OML^O21|C\\T\\1|P|2.5.1";
        let message = Message::parse(message).expect("a message");
        let header = Header::of(&message, Charset::Ascii).expect("a header");
        let name = |text| PrivateName::new(text).expect("a name");
        let row = OrderRow {
            id: OrderId::from_bytes([7; 16]),
            case: CaseId::from_bytes([8; 16]),
            order: catalog::NewOrder {
                accession: name("S26-1"),
                patient: name("P&7"),
                specimen: None,
                part: None,
                block: None,
                stain: None,
                task: None,
                priority: Priority::Routine,
            },
            ordered_by: "hl7 LIS|LAB".to_owned(),
            idempotency_key: Some("PL1^LIS".to_owned()),
            ordered_at: DateTime::UNIX_EPOCH,
        };
        let text = accepted(&header, &[row]);
        let lines: Vec<_> = text.split('\r').collect();
        assert!(lines[0].starts_with("MSH|^~\\&|COVERSLIP|PATH|LIS^1.2^ISO|LAB|"));
        assert_eq!(lines[1], "MSA|AA|C\\T\\1");
        assert_eq!(lines[2], "PID|1||P\\T\\7||P\\T\\7^^^^^^S");
        let ours = "07".repeat(16);
        assert_eq!(lines[3], format!("ORC|OK|PL1^LIS|{ours}^COVERSLIP"));
        assert_eq!(lines[4], "");
    }
}
