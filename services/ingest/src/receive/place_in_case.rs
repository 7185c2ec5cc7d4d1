use axum::http::HeaderMap;
use catalog::{PrivateName, SlidePlace};
use flow::SlideId;
use percent_encoding::percent_decode_str;

use super::ReceiveError;
use crate::IngestDeps;

/// Which case a pushed slide belongs to, and from where in it: `X-Accession`, `X-Part`, `X-Block`
/// and `X-Stain`, each percent-encoded where it is not plain.
pub(crate) struct GivenPlace {
    pub(crate) accession: PrivateName,
    pub(crate) part: Option<PrivateName>,
    pub(crate) block: Option<PrivateName>,
    pub(crate) stain: Option<PrivateName>,
}

impl GivenPlace {
    /// `None` where no accession is named.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, ReceiveError> {
        let Some(accession) = name(headers, "X-Accession")? else {
            return Ok(None);
        };
        Ok(Some(Self {
            accession,
            part: name(headers, "X-Part")?,
            block: name(headers, "X-Block")?,
            stain: name(headers, "X-Stain")?,
        }))
    }
}

/// A slide that is in a case already is not moved: two that disagree are for a person to tell apart.
pub(super) async fn put_in_case(
    deps: &IngestDeps,
    bearer: &str,
    slide: SlideId,
    given: GivenPlace,
) -> Result<(), ReceiveError> {
    let catalog = &deps.catalog;
    let case = catalog.open_case(&given.accession, None).await?.id;
    match catalog.known_slide(slide).await?.place {
        Some(place) if place.case == case => return Ok(()),
        Some(_) => return Err(ReceiveError::OtherCase { slide }),
        None => (),
    }
    let place = SlidePlace {
        case,
        part: given.part,
        block: given.block,
        stain: given.stain,
    };
    Ok(step::place_slide(catalog, &deps.queue, bearer, slide, &place).await?)
}

/// What was sent is not repeated: it may name a patient.
fn name(headers: &HeaderMap, name: &'static str) -> Result<Option<PrivateName>, ReceiveError> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().ok();
    let text = text.and_then(|text| percent_decode_str(text).decode_utf8().ok());
    let found = text.and_then(|text| PrivateName::new(&text).ok());
    match found {
        Some(found) => Ok(Some(found)),
        None => Err(ReceiveError::Header {
            name,
            problem: "it is 1 to 64 characters of percent-encoded UTF-8",
        }),
    }
}
