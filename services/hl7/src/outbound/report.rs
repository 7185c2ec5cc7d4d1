use catalog::{Catalog, CatalogError, ResultsMessage};
use chrono::{DateTime, Utc};
use flow::ResultsMessageId;
use reading::{CaseRecord, Finality, Signature, together};

use super::group::Told;
use super::vocabulary::{APPLICATION, patient};
use crate::charset::Charset;
use crate::message::{WrittenSegment, escaped, time};
use crate::{Receiver, SendConfig};

/// The ORU^R01 that tells of a case what the message is to tell, at this moment; `None` where there is
/// nothing to tell any more.
pub(super) async fn report(
    catalog: &Catalog,
    message: &ResultsMessage,
    config: &SendConfig,
    now: DateTime<Utc>,
) -> Result<Option<String>, CatalogError> {
    let mut case = CaseRecord::read(catalog, message.case).await?;
    // A later signature has a message of its own.
    let version = message.version.unwrap_or_default();
    if version == 0 && case.signed().is_some() {
        return Ok(None);
    }
    case.signatures.retain(|signed| signed.version <= version);
    let slides = case.slides(catalog).await?;
    let results = match case.signed_body() {
        Some(body) => body.results.clone(),
        None => together(&slides),
    };
    let told = Told {
        case: &case,
        slides: &slides,
        together: &results,
        finality: finality_of(case.signed()),
        research: config.research,
        at: case.signed().map_or(now, |signed| signed.signed_at),
    };
    let mut answers = Vec::new();
    for order in &case.orders {
        answers.extend(told.answer(answers.len() + 1, order));
    }
    Ok((!answers.is_empty()).then(|| {
        let patient = patient(case.row.patient.as_ref());
        header(message.id, &config.receiver, now).text() + &patient.text() + &answers.concat()
    }))
}

/// MSH-10 of a message: the same at every attempt.
pub(super) fn control_id(id: ResultsMessageId) -> String {
    let mut text = id.to_string();
    // Longest in version 2.5.1.
    text.truncate(20);
    text
}

const fn finality_of(signed: Option<&Signature>) -> Finality {
    match signed {
        Some(signed) if signed.version > 1 => Finality::Amended,
        Some(_) => Finality::Final,
        None => Finality::Preliminary,
    }
}

fn header(id: ResultsMessageId, receiver: &Receiver, now: DateTime<Utc>) -> WrittenSegment {
    let segment = WrittenSegment::header().field(3, APPLICATION);
    let segment = segment.field(5, escaped(&receiver.application));
    let segment = segment.field(6, escaped(&receiver.facility));
    let segment = segment.field(7, time(now)).field(9, "ORU^R01^ORU_R01");
    let segment = segment.field(10, control_id(id)).field(11, "P");
    segment.field(12, "2.5.1").field(18, Charset::Utf8.name())
}
