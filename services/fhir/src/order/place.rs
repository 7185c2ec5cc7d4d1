use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::{Catalog, NewOrder, OrderRow, OrderSender, Placed, Role};
use flow::TaskId;
use http::{Access, ApiError, Json, Origin};
use reading::CaseRecord;
use serde_json::Value;

use super::OrderKey;
use super::body::{IdentifierBody, OrderBody, wrong};
use super::condition::if_none_exist;
use super::specimen::{Ordered, name, ordered};
use crate::answer::Answer;
use crate::code::RequestStatus;
use crate::element::IdentifierType;
use crate::resource::ServiceRequest;
use crate::state::FhirState;
use crate::systems;

/// Longest identifier with its system, in characters.
const LONGEST_KEY: usize = 255;

/// 201 for a new order, 200 for one that was placed before.
pub(crate) async fn create(
    State(state): State<FhirState>,
    access: Access,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, ApiError> {
    access.require_any(&[Role::Lis, Role::Pathologist])?;
    let catalog = &state.catalog;
    if let Some(known) = if_none_exist(catalog, &headers).await? {
        return answer(&state, StatusCode::OK, &headers, &known).await;
    }
    let body = OrderBody::read(body)?;
    let (order, key) = order_of(catalog, &body).await?;
    let sender = OrderSender {
        name: access.name().to_owned(),
        idempotency_key: key,
    };
    let placed = reading::place_order(catalog, &state.queue, &order, &sender).await;
    let (status, row) = match placed? {
        Placed::New(row) => (StatusCode::CREATED, row),
        Placed::Known(row) => (StatusCode::OK, row),
        Placed::Refused(conflict) => return Err(ApiError::conflict(conflict.to_string())),
    };
    answer(&state, status, &headers, &row).await
}

async fn answer(
    state: &FhirState,
    status: StatusCode,
    headers: &HeaderMap,
    row: &OrderRow,
) -> Result<Response, ApiError> {
    let case = CaseRecord::read(&state.catalog, row.case).await?;
    let location = format!("{}/fhir/R4/ServiceRequest/{}", Origin::of(headers), row.id);
    let resource = Answer(ServiceRequest::of(row, &case));
    Ok((status, [(header::LOCATION, location)], resource).into_response())
}

async fn order_of(
    catalog: &Catalog,
    body: &OrderBody,
) -> Result<(NewOrder, Option<String>), ApiError> {
    refuse_what_is_none(body)?;
    let named = ordered(catalog, &body.specimen, &body.contained).await?;
    let order = NewOrder {
        accession: accession(body, &named)?,
        patient: match &body.subject.identifier {
            Some(identifier) => name("ServiceRequest.subject.identifier", identifier)?,
            None => {
                return Err(wrong(
                    "ServiceRequest.subject.identifier",
                    "it is missing: name the patient by a pseudonym as its value",
                ));
            }
        },
        specimen: named.specimen,
        part: named.part,
        block: named.block,
        stain: named.stain,
        task: task(body)?,
        priority: body.priority.map(Into::into).unwrap_or_default(),
    };
    Ok((order, key(body)?))
}

fn refuse_what_is_none(body: &OrderBody) -> Result<(), ApiError> {
    let refused = [
        (
            body.status != RequestStatus::Active,
            "ServiceRequest.status",
            "an order is placed as `active`; it is completed by a signature",
        ),
        (
            body.do_not_perform,
            "ServiceRequest.doNotPerform",
            "what is not to be done is not ordered: leave it out",
        ),
        (
            body.implicit_rules.is_some(),
            "ServiceRequest.implicitRules",
            "rules that are not known here cannot be kept: leave them out",
        ),
        (
            body.modifier_extension.is_some(),
            "ServiceRequest.modifierExtension",
            "extensions that change the meaning are not known here: leave them out",
        ),
    ];
    match refused.into_iter().find(|(is_refused, ..)| *is_refused) {
        Some((_, element, remedy)) => Err(wrong(element, remedy)),
        None => Ok(()),
    }
}

/// Of the specimen, or the identifier that says it is one; where both do they agree.
fn accession(body: &OrderBody, named: &Ordered) -> Result<catalog::PrivateName, ApiError> {
    let place = body.identifier.iter().position(is_accession);
    let of_order = match place.and_then(|place| Some((place, body.identifier.get(place)?))) {
        Some((n, given)) => Some(name(&format!("ServiceRequest.identifier[{n}]"), given)?),
        None => None,
    };
    match (named.accession.clone(), of_order) {
        (Some(one), Some(other)) if one != other => Err(wrong(
            "ServiceRequest.identifier",
            "its accession number is not that of the specimen: give one of them",
        )),
        (Some(accession), _) | (None, Some(accession)) => Ok(accession),
        (None, None) => Err(wrong(
            "ServiceRequest.specimen",
            "there is no accession number: contain a Specimen with an accessionIdentifier, or give \
             an identifier of the type ACSN",
        )),
    }
}

fn task(body: &OrderBody) -> Result<Option<TaskId>, ApiError> {
    let Some(code) = &body.code else {
        return Ok(None);
    };
    if code.coding.is_empty() {
        return Ok(None);
    }
    let element = "ServiceRequest.code.coding";
    let named = code.code_of(systems::TASK).ok_or_else(|| {
        wrong(
            element,
            format!(
                "none of its codes is of the system {}: name the task that is asked for by its \
                 id, or leave the code out and every task answers",
                systems::TASK
            ),
        )
    })?;
    named
        .parse()
        .map(Some)
        .map_err(|error: flow::FlowError| wrong(element, error))
}

/// The placer's identifier if one says it is that, else the first.
fn key(body: &OrderBody) -> Result<Option<String>, ApiError> {
    let own = || body.identifier.iter().enumerate();
    let placer = own().find(|(_, given)| is_of_type(given, IdentifierType::Placer));
    let Some((n, given)) = placer.or_else(|| own().find(|(_, given)| !is_accession(given))) else {
        return Ok(None);
    };
    let element = format!("ServiceRequest.identifier[{n}].value");
    let key = OrderKey {
        system: given.system.clone(),
        value: given.value.clone().unwrap_or_default(),
    };
    let text = OrderKey::read(&key.to_string()).to_string();
    let is_good = !key.value.trim().is_empty()
        && text.chars().count() <= LONGEST_KEY
        && !text.chars().any(char::is_control);
    match is_good {
        true => Ok(Some(text)),
        false => Err(wrong(
            &element,
            format!("an identifier has 1 to {LONGEST_KEY} characters, its system among them"),
        )),
    }
}

fn is_accession(identifier: &IdentifierBody) -> bool {
    is_of_type(identifier, IdentifierType::Accession)
}

fn is_of_type(identifier: &IdentifierBody, kind: IdentifierType) -> bool {
    let given = identifier.kind.as_ref();
    let code = given.and_then(|given| given.code_of(systems::HL7_V2_IDENTIFIER_TYPE));
    code == Some(kind.code())
}
