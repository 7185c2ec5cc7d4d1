//! What is said the same way in and out.

use catalog::PrivateName;
use flow::OrderId;

use crate::message::{WrittenSegment, composed, escaped};

/// Coding system of tasks and what they answer (table 0396, local).
pub(crate) const TASKS: &str = "99COVERSLIP";
/// In place of a task: all of them.
pub(crate) const EVERY_TASK: &str = "WSI";
/// As whom we send, and who gives our numbers.
pub(crate) const APPLICATION: &str = "COVERSLIP";

/// What is known of a specimen, each as code, text and system; the same codes as in FHIR.
pub(crate) const PART: (&str, &str, &str) = ("434711009", "Specimen container", "SCT");
pub(crate) const BLOCK: (&str, &str, &str) = ("434464009", "Tissue cassette", "SCT");
pub(crate) const STAINING: (&str, &str, &str) = ("127790008", "Staining method", "SCT");

/// Our number of an order.
pub(crate) fn filler(id: OrderId) -> String {
    composed(&[&id.to_string(), APPLICATION])
}

/// PID, which must have a name: the pseudonym, as what it is (S of table 0200).
pub(crate) fn patient(pseudonym: Option<&PrivateName>) -> WrittenSegment {
    let pseudonym = pseudonym.map(PrivateName::reveal).unwrap_or_default();
    let pseudonym = escaped(pseudonym);
    let name = composed(&[&pseudonym, "", "", "", "", "", "S"]);
    let segment = WrittenSegment::new("PID").field(1, "1");
    segment.field(3, pseudonym).field(5, name)
}
