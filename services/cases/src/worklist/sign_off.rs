use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use catalog::{NewSignOff, PrivateRemark, Role};
use flow::{CaseId, Sha256Digest};
use http::{Access, ApiError, Json, Path};
use reading::SignedBody;
use serde::Deserialize;

use super::assembled::Assembled;
use super::one;
use crate::CasesState;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    /// As the case had it when the signer looked at it.
    seen: Sha256Digest,
    statement: Option<PrivateRemark>,
    /// Why it is signed though some slides have no answer.
    despite_unfinished: Option<PrivateRemark>,
    /// Why the version that was signed before is not the last word.
    amendment: Option<PrivateRemark>,
}

/// Makes what the case says final, in the name of the person who asks.
pub(super) async fn sign(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<CaseId>,
    Json(signature): Json<Signature>,
) -> Result<impl IntoResponse, ApiError> {
    access.require_person(Role::Pathologist)?;
    let row = state.deps.catalog.known_case(id).await?;
    let case = Assembled::of(&state, &access, row).await?;
    if let Some(slide) = case.withheld() {
        state.first_read.require(&access, slide).await?;
    }
    let new = signed(&case, signature, access.name())?;
    if !state.deps.catalog.add_sign_off(&new).await? {
        return Err(changed());
    }
    Ok((StatusCode::CREATED, one::now(&state, &access, id).await?))
}

fn signed(case: &Assembled, signature: Signature, signer: &str) -> Result<NewSignOff, ApiError> {
    if case.slides.is_empty() {
        return Err(ApiError::conflict(
            "the case has no slides: there is nothing to sign",
        ));
    }
    if signature.seen != case.seen()? {
        return Err(changed());
    }
    let unfinished = case.unfinished();
    if !unfinished.is_empty() && signature.despite_unfinished.is_none() {
        let slides: Vec<String> = unfinished.iter().map(ToString::to_string).collect();
        return Err(ApiError::conflict(format!(
            "neither a task nor a person has an answer that counts for {}: review them first, match \
             those that wait for it, or say in `despite_unfinished` why the case is signed without",
            slides.join(", ")
        )));
    }
    let version = next_version(case, signature.amendment.is_some())?;
    let body = SignedBody {
        seen: signature.seen,
        results: case.results(),
        slides: case.slides.iter().map(|slide| slide.row.id).collect(),
        unfinished,
        statement: signature.statement,
        despite_unfinished: signature.despite_unfinished,
        amendment: signature.amendment,
    };
    Ok(NewSignOff {
        case: case.row.id,
        version,
        signer: signer.to_owned(),
        body: serde_json::to_value(body).map_err(ApiError::internal)?,
    })
}

fn next_version(case: &Assembled, is_amendment: bool) -> Result<u32, ApiError> {
    match (case.sign_offs.last(), is_amendment) {
        (None, false) => Ok(1),
        (Some(last), true) => Ok(last.version + 1),
        (None, true) => Err(ApiError::conflict(
            "nothing was signed yet that could be amended: leave out `amendment`",
        )),
        (Some(last), false) => Err(ApiError::conflict(format!(
            "the case was signed before, as version {}: say in `amendment` why it is signed again",
            last.version
        ))),
    }
}

fn changed() -> ApiError {
    ApiError::conflict(
        "the case is no longer what was seen: nothing was signed, look at it again and send the \
         new `seen`",
    )
}
