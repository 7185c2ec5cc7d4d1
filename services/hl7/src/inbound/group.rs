use super::fault::{Fault, FaultCode, Location};
use crate::message::{Message, Segment};

/// The segments of one order (HL7 v2.5.1 section 4.4.6): ORC, then what is ordered of which specimen.
#[derive(Debug)]
pub(super) struct OrderGroup<'a> {
    pub(super) control: &'a Segment,
    pub(super) timing: Option<&'a Segment>,
    pub(super) request: Option<&'a Segment>,
    pub(super) specimen: Option<&'a Segment>,
    pub(super) container: Option<&'a Segment>,
    /// OBX that follow the specimen.
    pub(super) of_specimen: Vec<&'a Segment>,
}

/// The patient, and the orders in their order. What concerns neither is passed over.
pub(super) fn groups(message: &Message) -> Result<(&Segment, Vec<OrderGroup<'_>>), Fault> {
    let mut patient = None;
    let mut groups: Vec<OrderGroup<'_>> = Vec::new();
    for segment in message.segments() {
        match (segment.name.as_str(), groups.last_mut()) {
            ("PID", None) => once(&mut patient, segment, "PID", ONE_PATIENT)?,
            ("PID", Some(_)) => return Err(more(segment, "PID", ONE_PATIENT)),
            ("ORC", _) => groups.push(OrderGroup::new(segment)),
            (_, Some(group)) => group.take(segment)?,
            ("OBR", None) => return Err(more(segment, "OBR", "begin each order with its ORC")),
            (_, None) => {}
        }
    }
    let missing = |segment, remedy| {
        let location = Location::segment(segment, 1);
        Fault::new(FaultCode::SegmentSequence, location, remedy)
    };
    let patient = patient.ok_or_else(|| missing("PID", "name the patient in a PID segment"))?;
    match groups.is_empty() {
        true => Err(missing("ORC", "there is no order: begin each with its ORC")),
        false => Ok((patient, groups)),
    }
}

const ONE_PATIENT: &str = "a message is of one patient, named before the orders: send one each";

impl<'a> OrderGroup<'a> {
    const fn new(control: &'a Segment) -> Self {
        Self {
            control,
            timing: None,
            request: None,
            specimen: None,
            container: None,
            of_specimen: Vec::new(),
        }
    }

    fn take(&mut self, segment: &'a Segment) -> Result<(), Fault> {
        const ONE_SPECIMEN: &str =
            "an order is of one specimen in one container: begin another with an ORC";
        match segment.name.as_str() {
            "TQ1" => once(
                &mut self.timing,
                segment,
                "TQ1",
                "give an order one priority",
            ),
            "OBR" => once(
                &mut self.request,
                segment,
                "OBR",
                "an ORC orders one thing: begin each with an ORC",
            ),
            "SPM" => once(&mut self.specimen, segment, "SPM", ONE_SPECIMEN),
            "SAC" => once(&mut self.container, segment, "SAC", ONE_SPECIMEN),
            "OBX" if self.specimen.is_some() => {
                self.of_specimen.push(segment);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn once<'a>(
    place: &mut Option<&'a Segment>,
    segment: &'a Segment,
    name: &'static str,
    remedy: &str,
) -> Result<(), Fault> {
    match place.replace(segment) {
        None => Ok(()),
        Some(_) => Err(more(segment, name, remedy)),
    }
}

fn more(segment: &Segment, name: &'static str, remedy: &str) -> Fault {
    let location = Location::segment(name, segment.number);
    Fault::new(FaultCode::SegmentSequence, location, remedy)
}
