use flow::{CaseId, SlideId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::columns::{get, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError, PrivateName};

/// Where in a laboratory's order a slide belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlidePlace {
    pub case: CaseId,
    pub part: Option<PrivateName>,
    pub block: Option<PrivateName>,
    pub stain: Option<PrivateName>,
}

impl Catalog {
    /// Puts a slide in a case, out of any that it was in before; the audit trail says that `actor`
    /// did. The case must be there.
    pub async fn put_in_case(
        &self,
        actor: &str,
        slide: SlideId,
        place: &SlidePlace,
    ) -> Result<(), CatalogError> {
        self.known_case(place.case).await?;
        let before = self.known_slide(slide).await?.place;
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::SlidePutInCase,
            slide: Some(slide),
            detail: json!({ "case": place.case, "before": before.map(|place| place.case) }),
        };
        self.records
            .execute_on_record(placing(slide, place), event)
            .await?;
        Ok(())
    }
}

/// Puts the slide there, wherever it was.
pub(crate) fn placing(slide: SlideId, place: &SlidePlace) -> Statement {
    let text = |name: &Option<PrivateName>| name.as_ref().map(|n| n.reveal().to_owned());
    Statement::to(
        "put a slide in a case",
        "INSERT INTO slide_cases (slide, case_id, part, block, stain)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (slide) DO UPDATE
         SET case_id = excluded.case_id, part = excluded.part, block = excluded.block,
             stain = excluded.stain",
    )
    .bind(slide.to_string())
    .bind(place.case.to_string())
    .bind(text(&place.part))
    .bind(text(&place.block))
    .bind(text(&place.stain))
    .about(slide)
}

pub(crate) fn read_place(row: &Row) -> Result<Option<SlidePlace>, CatalogError> {
    if get::<Option<String>>(row, "case_id")?.is_none() {
        return Ok(None);
    }
    Ok(Some(SlidePlace {
        case: parse(row, "case_id")?,
        part: read_name(row, "part")?,
        block: read_name(row, "block")?,
        stain: read_name(row, "stain")?,
    }))
}

pub(crate) fn read_name(
    row: &Row,
    column: &'static str,
) -> Result<Option<PrivateName>, CatalogError> {
    let text: Option<String> = get(row, column)?;
    let name = text.map(|text| PrivateName::new(&text)).transpose();
    name.map_err(CatalogError::damaged(column))
}
