use chrono::{DateTime, Utc};
use flow::{AnnotationId, SlideId};
use serde_json::{Value, json};

use crate::audit::append;
use crate::columns::{get, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Authors of one annotation who save at the same moment, before one is told to try again.
const MOST_TRIES: u32 = 20;

/// One version of something drawn on a slide.
#[derive(Clone, Debug, PartialEq)]
pub struct AnnotationRow {
    pub slide: SlideId,
    pub id: AnnotationId,
    /// From 1.
    pub version: u32,
    pub author: String,
    /// The feature as GeoJSON; `None` where this version removes it.
    pub body: Option<Value>,
    pub drawn_at: DateTime<Utc>,
}

/// To be saved as the next version.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAnnotation {
    pub slide: SlideId,
    pub id: AnnotationId,
    pub author: String,
    /// `None` removes it.
    pub body: Option<Value>,
}

macro_rules! annotation_columns {
    () => {
        "slide, id, version, author, body, drawn_at_ms"
    };
}

impl Catalog {
    /// Saves the next version of an annotation, or its first, and gives its number. Earlier ones
    /// are kept, and the audit trail says who saved it.
    pub async fn save_annotation(&self, new: &NewAnnotation) -> Result<u32, CatalogError> {
        self.known_slide(new.slide).await?;
        let body = new.body.as_ref().map(|body| to_json("annotation", body));
        let body = body.transpose()?;
        for _ in 0..MOST_TRIES {
            let statement = Statement::to(
                "save an annotation",
                "INSERT INTO annotations (slide, id, version, author, body, drawn_at_ms)
                 SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5
                 FROM annotations WHERE slide = $1 AND id = $2
                 ON CONFLICT DO NOTHING RETURNING version",
            )
            .bind(new.slide.to_string())
            .bind(new.id.to_string())
            .bind(new.author.as_str())
            .bind(body.clone())
            .bind(Utc::now().timestamp_millis())
            .about(new.slide);
            let mut transaction = self.records.begin("save an annotation").await?;
            if let Some(row) = transaction.fetch_optional(statement).await? {
                let version = version(&row)?;
                append(&mut transaction, saved(new, version)).await?;
                transaction.commit().await?;
                return Ok(version);
            }
            transaction.commit().await?;
        }
        Err(CatalogError::TooMany {
            what: "versions of one annotation",
        })
    }

    /// The newest version of each annotation that was not removed, oldest first.
    pub async fn annotations(&self, slide: SlideId) -> Result<Vec<AnnotationRow>, CatalogError> {
        let statement = Statement::to(
            "read annotations",
            concat!(
                "SELECT ",
                annotation_columns!(),
                " FROM annotations WHERE slide = $1 AND body IS NOT NULL AND version =
                     (SELECT max(newest.version) FROM annotations AS newest
                      WHERE newest.slide = $1 AND newest.id = annotations.id)
                 ORDER BY drawn_at_ms, id"
            ),
        )
        .bind(slide.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_annotation).collect()
    }

    /// Every version of one annotation, the first one first; none if there is no such annotation.
    pub async fn annotation(
        &self,
        slide: SlideId,
        id: AnnotationId,
    ) -> Result<Vec<AnnotationRow>, CatalogError> {
        let statement = Statement::to(
            "read an annotation",
            concat!(
                "SELECT ",
                annotation_columns!(),
                " FROM annotations WHERE slide = $1 AND id = $2 ORDER BY version"
            ),
        )
        .bind(slide.to_string())
        .bind(id.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_annotation).collect()
    }
}

fn saved(new: &NewAnnotation, version: u32) -> AuditEvent {
    AuditEvent {
        actor: new.author.clone(),
        action: match new.body {
            Some(_) => AuditAction::AnnotationSaved,
            None => AuditAction::AnnotationRemoved,
        },
        slide: Some(new.slide),
        detail: json!({ "annotation": new.id, "version": version }),
    }
}

fn read_annotation(row: &Row) -> Result<AnnotationRow, CatalogError> {
    let body: Option<String> = get(row, "body")?;
    Ok(AnnotationRow {
        slide: parse(row, "slide")?,
        id: parse(row, "id")?,
        version: version(row)?,
        author: get(row, "author")?,
        body: body
            .map(|body| serde_json::from_str(&body))
            .transpose()
            .map_err(CatalogError::damaged("body"))?,
        drawn_at: get_time(row, "drawn_at_ms")?,
    })
}

fn version(row: &Row) -> Result<u32, CatalogError> {
    let version: i64 = get(row, "version")?;
    u32::try_from(version).map_err(CatalogError::damaged("version"))
}
