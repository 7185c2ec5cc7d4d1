use chrono::{DateTime, Utc};
use flow::{
    CaseId, Mpp, PatientPictures, Progress, Sha256Digest, SlideId, SlideStatus, StageTiming,
};
use serde_json::json;

use crate::cases::{SlidePlace, read_place};
use crate::columns::{from_json, get, get_count, get_time, parse, to_json};
use crate::progress::{read_progress, read_timing};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError, FileName};

/// A pushed file whose bytes are in storage.
#[derive(Clone, Debug)]
pub struct NewSlide {
    pub id: SlideId,
    pub digest: Sha256Digest,
    pub n_bytes: u64,
    pub file_name: Option<FileName>,
    /// Used in place of what the file says.
    pub mpp_override: Option<Mpp>,
    /// Holds from now on: the tile step reads it before it stores any.
    pub patient_pictures: PatientPictures,
}

impl NewSlide {
    /// Of a sender who says nothing of it.
    pub fn of(digest: Sha256Digest, n_bytes: u64) -> Self {
        Self {
            id: SlideId::from_digest(&digest),
            digest,
            n_bytes,
            file_name: None,
            mpp_override: None,
            patient_pictures: PatientPictures::Kept,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    New,
    /// The same bytes were pushed before; the catalog is as it was.
    Known,
}

/// All the catalog says of one slide but its results.
#[derive(Clone, Debug, PartialEq)]
pub struct SlideRow {
    pub id: SlideId,
    pub digest: Sha256Digest,
    pub n_bytes: u64,
    pub file_name: Option<FileName>,
    pub received_at: DateTime<Utc>,
    pub status: SlideStatus,
    pub mpp_override: Option<Mpp>,
    pub patient_pictures: PatientPictures,
    /// Of the stage under way.
    pub progress: Option<Progress>,
    /// In the order of the path.
    pub timings: Vec<StageTiming>,
    /// `None` while no case is known for it.
    pub place: Option<SlidePlace>,
}

/// A part of a list, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The last slide of the page before.
    pub after: Option<SlideId>,
    pub limit: u32,
}

macro_rules! slide_columns {
    () => {
        "id, digest, n_bytes, file_name, mpp_override, patient_pictures, status, received_at_ms, \
         progress_stage, progress_done, progress_total, timing_stage, timing_wall_s, \
         timing_busy_s, case_id, part, block, stain"
    };
}

impl Catalog {
    /// Records a slide as received.
    pub async fn register(&self, slide: NewSlide) -> Result<Registered, CatalogError> {
        let status = SlideStatus::Received;
        let statement = Statement::to(
            "register a slide",
            "INSERT INTO slides
             (id, digest, n_bytes, file_name, mpp_override, patient_pictures, state, status,
              received_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(slide.id.to_string())
        .bind(slide.digest.to_string())
        .bind(slide.n_bytes.cast_signed())
        .bind(slide.file_name.as_ref().map(FileName::reveal))
        .bind(slide.mpp_override.map(Mpp::get))
        .bind(slide.patient_pictures.name())
        .bind(status.name())
        .bind(to_json("status", &status)?)
        .bind(Utc::now().timestamp_millis());
        Ok(match self.records.execute(statement).await? {
            0 => Registered::Known,
            _ => Registered::New,
        })
    }

    pub async fn slide(&self, id: SlideId) -> Result<Option<SlideRow>, CatalogError> {
        let statement = Statement::to(
            "read a slide",
            concat!(
                "SELECT ",
                slide_columns!(),
                " FROM slide_rows WHERE id = $1"
            ),
        )
        .bind(id.to_string());
        Ok(gather(&self.readers.fetch_all(statement).await?)?.pop())
    }

    /// A slide that must be there.
    ///
    /// # Errors
    /// [`CatalogError::UnknownSlide`] if it is not.
    pub async fn known_slide(&self, id: SlideId) -> Result<SlideRow, CatalogError> {
        let slide = self.slide(id).await?;
        slide.ok_or(CatalogError::UnknownSlide { id })
    }

    /// Newest first. An `after` that is not in the catalog gives an empty page.
    pub async fn slides(&self, page: Page) -> Result<Vec<SlideRow>, CatalogError> {
        let Some((received_at_ms, id)) = self.start_of(page).await? else {
            return Ok(Vec::new());
        };
        let statement = Statement::to(
            "list slides",
            concat!(
                "SELECT ",
                slide_columns!(),
                " FROM slide_rows WHERE id IN (
                    SELECT id FROM slides WHERE (received_at_ms, id) < ($1, $2)
                    ORDER BY received_at_ms DESC, id DESC LIMIT $3
                 )
                 ORDER BY received_at_ms DESC, id DESC"
            ),
        )
        .bind(received_at_ms)
        .bind(id)
        .bind(page.limit);
        gather(&self.readers.fetch_all(statement).await?)
    }

    /// In the order in which they came in.
    pub async fn slides_of_case(&self, case: CaseId) -> Result<Vec<SlideRow>, CatalogError> {
        let statement = Statement::to(
            "list the slides of a case",
            concat!(
                "SELECT ",
                slide_columns!(),
                " FROM slide_rows WHERE case_id = $1 ORDER BY received_at_ms, id"
            ),
        )
        .bind(case.to_string());
        gather(&self.readers.fetch_all(statement).await?)
    }

    /// Where in the order of all slides a page begins.
    pub(crate) async fn start_of(&self, page: Page) -> Result<Option<(i64, String)>, CatalogError> {
        let Some(after) = page.after else {
            return Ok(Some((i64::MAX, String::new())));
        };
        let statement = Statement::to(
            "find a page of slides",
            "SELECT received_at_ms, id FROM slides WHERE id = $1",
        )
        .bind(after.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| Ok((get(&row, "received_at_ms")?, get(&row, "id")?)))
            .transpose()
    }

    /// Gives a slide the mpp to use in place of what its file says; the audit trail says that `actor`
    /// did.
    pub async fn set_mpp_override(
        &self,
        actor: &str,
        id: SlideId,
        mpp: Mpp,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "set a slide's mpp",
            "UPDATE slides SET mpp_override = $2 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(mpp.get());
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::MppGiven,
            slide: Some(id),
            detail: json!({ "mpp": mpp }),
        };
        match self.records.execute_on_record(statement, event).await? {
            0 => Err(CatalogError::UnknownSlide { id }),
            _ => Ok(()),
        }
    }
}

/// Rows of one slide follow each other, one for each timing.
fn gather(rows: &[Row]) -> Result<Vec<SlideRow>, CatalogError> {
    let mut slides: Vec<SlideRow> = Vec::new();
    for row in rows {
        let id = parse(row, "id")?;
        if slides.last().is_none_or(|last| last.id != id) {
            slides.push(read_slide(id, row)?);
        }
        if let Some(slide) = slides.last_mut() {
            slide.timings.extend(read_timing(row)?);
            slide.timings.sort_by_key(|timing| timing.stage as u8);
        }
    }
    Ok(slides)
}

fn read_slide(id: SlideId, row: &Row) -> Result<SlideRow, CatalogError> {
    let file_name: Option<String> = get(row, "file_name")?;
    let mpp_override: Option<f64> = get(row, "mpp_override")?;
    Ok(SlideRow {
        id,
        digest: parse(row, "digest")?,
        n_bytes: get_count(row, "n_bytes")?,
        file_name: file_name.as_deref().and_then(FileName::new),
        received_at: get_time(row, "received_at_ms")?,
        status: from_json(row, "status")?,
        mpp_override: mpp_override
            .map(Mpp::new)
            .transpose()
            .map_err(CatalogError::damaged("mpp_override"))?,
        patient_pictures: parse(row, "patient_pictures")?,
        progress: read_progress(row)?,
        timings: Vec::new(),
        place: read_place(row)?,
    })
}
