use catalog::{NewOrder, OrderSender, Priority, PrivateName};
use flow::TaskId;

use super::fault::{Fault, FaultCode, Location};
use super::group::{OrderGroup, groups};
use crate::message::{Message, Segment};
use crate::outbound::{EVERY_TASK, STAINING, TASKS};
use crate::placer::{PlacerNumber, sender_name};

/// The orders of a message, each under the placer's number of it.
pub(super) fn orders(
    message: &Message,
    sender: &str,
) -> Result<Vec<(NewOrder, OrderSender)>, Fault> {
    let (patient, groups) = groups(message)?;
    if patient.is_repeated(3) {
        return Err(Fault::new(
            FaultCode::DataType,
            Location::field("PID", 3),
            "a patient has one pseudonym here: send that alone",
        ));
    }
    let patient = required("PID", patient, 3, "name the patient by a pseudonym")?;
    let orders = groups.iter().map(|group| {
        let sender = OrderSender {
            name: sender_name(sender),
            idempotency_key: Some(placer(group)?.to_string()),
        };
        Ok((order(group, patient.clone())?, sender))
    });
    orders.collect()
}

fn order(group: &OrderGroup<'_>, patient: PrivateName) -> Result<NewOrder, Fault> {
    if group.control.value(1).as_deref() != Some("NW") {
        return Err(Fault::new(
            FaultCode::TableValueNotFound,
            Location::within("ORC", group.control, 1),
            "new orders are taken (NW): one that was placed can be neither changed nor cancelled here",
        ));
    }
    let number = group.control.number;
    let missing = |segment, remedy| {
        let location = Location::segment(segment, number);
        Fault::new(FaultCode::SegmentSequence, location, remedy)
    };
    let request = group.request;
    let request = request.ok_or_else(|| missing("OBR", "say in an OBR what is ordered"))?;
    let container = group.container;
    let container = container.ok_or_else(|| {
        missing(
            "SAC",
            "give the accession number in SAC-2, after the specimen's SPM",
        )
    })?;
    let specimen = match group.specimen {
        Some(specimen) => named("SPM", specimen, 2)?,
        None => None,
    };
    Ok(NewOrder {
        accession: required("SAC", container, 2, "give the accession number")?,
        patient,
        specimen,
        part: named("SAC", container, 4)?,
        block: named("SAC", container, 3)?,
        stain: stain(group)?,
        task: task(request)?,
        priority: priority(group)?,
    })
}

/// ORC-2, or OBR-2, which say the same where both say it.
fn placer(group: &OrderGroup<'_>) -> Result<PlacerNumber, Fault> {
    let location = Location::within("ORC", group.control, 2);
    let wrong = |code, remedy: &str| Fault::new(code, location, remedy);
    let given = |segment: &Segment| {
        let id = segment.value(2)?;
        Some((id, segment.component(2, 2)))
    };
    let of_control = given(group.control);
    let of_request = group.request.and_then(given);
    if of_control.is_some() && of_request.is_some() && of_control != of_request {
        let remedy = "ORC-2 and OBR-2 are one number: give the same in both";
        return Err(wrong(FaultCode::DataType, remedy));
    }
    let (id, namespace) = of_control.or(of_request).ok_or_else(|| {
        wrong(
            FaultCode::RequiredFieldMissing,
            "give the placer order number: by it the same order is one",
        )
    })?;
    PlacerNumber::new(&id, namespace.as_deref()).ok_or_else(|| {
        wrong(
            FaultCode::DataType,
            "a placer order number is short, without control characters and separators: shorten it",
        )
    })
}

/// The code is of our own system, as the first or the second identifier of OBR-4.
fn task(request: &Segment) -> Result<Option<TaskId>, Fault> {
    let of_system = |code, system| {
        let is_ours = request.component(4, system).as_deref() == Some(TASKS);
        request.component(4, code).filter(|_| is_ours)
    };
    let wrong = || {
        Fault::new(
            FaultCode::TableValueNotFound,
            Location::within("OBR", request, 4),
            format!(
                "name the task that is asked for by its id, or {EVERY_TASK} for all of them, as \
                 ID^TEXT^{TASKS}"
            ),
        )
    };
    let code = of_system(1, 3).or_else(|| of_system(4, 6));
    match code.ok_or_else(wrong)?.as_str() {
        EVERY_TASK => Ok(None),
        id => id
            .parse()
            .map(Some)
            .map_err(|_no_id: flow::FlowError| wrong()),
    }
}

/// TQ1-9, or OBR-27.6 of older senders (tables 0485 and 0027).
fn priority(group: &OrderGroup<'_>) -> Result<Priority, Fault> {
    let of_timing = group.timing.and_then(|timing| {
        let location = Location::within("TQ1", timing, 9);
        Some((timing.value(9)?, location))
    });
    let of_request = group.request.and_then(|request| {
        let location = Location::within("OBR", request, 27);
        Some((request.component(27, 6)?, location))
    });
    let Some((code, location)) = of_timing.or(of_request) else {
        return Ok(Priority::Routine);
    };
    match code.as_str() {
        "R" => Ok(Priority::Routine),
        "A" => Ok(Priority::Urgent),
        "S" => Ok(Priority::Stat),
        _ => Err(Fault::new(
            FaultCode::TableValueNotFound,
            location,
            "a priority is R (routine), A (as soon as possible) or S (at once)",
        )),
    }
}

/// The OBX of the specimen that is coded as its stain.
fn stain(group: &OrderGroup<'_>) -> Result<Option<PrivateName>, Fault> {
    let is_stain = |segment: &&&Segment| {
        let code = (segment.value(3), segment.component(3, 3));
        (code.0.as_deref(), code.1.as_deref()) == (Some(STAINING.0), Some(STAINING.2))
    };
    let mut stains = group.of_specimen.iter().filter(is_stain);
    let stain = stains.next();
    if let Some(second) = stains.next() {
        return Err(Fault::new(
            FaultCode::SegmentSequence,
            Location::segment("OBX", second.number),
            "an order is of one stain: begin another with an ORC",
        ));
    }
    stain.map_or(Ok(None), |stain| named("OBX", stain, 5))
}

fn required(
    name: &'static str,
    segment: &Segment,
    field: usize,
    remedy: &str,
) -> Result<PrivateName, Fault> {
    named(name, segment, field)?.ok_or_else(|| {
        let location = Location::within(name, segment, field);
        Fault::new(FaultCode::RequiredFieldMissing, location, remedy)
    })
}

fn named(
    name: &'static str,
    segment: &Segment,
    field: usize,
) -> Result<Option<PrivateName>, Fault> {
    let given = segment.value(field);
    let given = given.map(|text| PrivateName::new(&text)).transpose();
    given.map_err(|error| {
        let location = Location::within(name, segment, field);
        Fault::new(FaultCode::DataType, location, error.to_string())
    })
}
