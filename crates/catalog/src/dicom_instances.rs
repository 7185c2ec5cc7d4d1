use chrono::Utc;
use flow::{DicomImageKind, DicomUid, Sha256Digest, SlideId, SlideUids};

use crate::columns::parse;
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// A DICOM instance whose bytes are in storage.
#[derive(Clone, Debug)]
pub struct NewDicomInstance {
    /// Of its study, its series and itself.
    pub uids: SlideUids,
    pub kind: DicomImageKind,
    pub digest: Sha256Digest,
    pub n_bytes: u64,
    /// The slide that it is, if it is one.
    pub slide: Option<SlideId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptInstance {
    New,
    /// The same bytes were kept before.
    Known,
    /// Others were kept under its UID, and the catalog is as it was: an instance never changes.
    OtherBytes,
}

/// What is named where slides are looked for by UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DicomEntity {
    Study,
    Series,
    Instance,
}

impl Catalog {
    /// Records an instance. One that was kept before may become a slide, and never another.
    pub async fn keep_instance(
        &self,
        new: &NewDicomInstance,
    ) -> Result<KeptInstance, CatalogError> {
        let statement = Statement::to(
            "record a DICOM instance",
            "INSERT INTO dicom_instances
             (instance, series, study, kind, digest, n_bytes, slide, stored_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (instance) DO UPDATE SET slide = excluded.slide
             WHERE dicom_instances.digest = excluded.digest
               AND dicom_instances.slide IS NULL AND excluded.slide IS NOT NULL",
        )
        .bind(new.uids.level_zero.as_str())
        .bind(new.uids.series.as_str())
        .bind(new.uids.study.as_str())
        .bind(new.kind.name())
        .bind(new.digest.to_string())
        .bind(new.n_bytes.cast_signed())
        .bind(new.slide.map(|slide| slide.to_string()))
        .bind(Utc::now().timestamp_millis());
        if self.records.execute(statement).await? > 0 {
            return Ok(KeptInstance::New);
        }
        let kept = self.kept_instance(&new.uids.level_zero).await?;
        Ok(match kept == Some(new.digest) {
            true => KeptInstance::Known,
            false => KeptInstance::OtherBytes,
        })
    }

    /// sha256 of what was kept under this SOP Instance UID.
    pub async fn kept_instance(
        &self,
        uid: &DicomUid,
    ) -> Result<Option<Sha256Digest>, CatalogError> {
        let statement = Statement::to(
            "read a DICOM instance",
            "SELECT digest FROM dicom_instances WHERE instance = $1",
        )
        .bind(uid.as_str());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| parse(&row, "digest")).transpose()
    }

    /// sha256 of the label that was kept of a slide: an instance of the series that it came in. Of
    /// several, which no series should have, the first that came.
    pub async fn kept_label(&self, slide: SlideId) -> Result<Option<Sha256Digest>, CatalogError> {
        let statement = Statement::to(
            "find a slide's DICOM label",
            "SELECT label.digest AS digest FROM dicom_instances AS own
             JOIN dicom_instances AS label ON label.series = own.series
             WHERE own.slide = $1 AND label.kind = $2
             ORDER BY label.stored_at_ms, label.instance LIMIT 1",
        )
        .bind(slide.to_string())
        .bind(DicomImageKind::Label.name());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| parse(&row, "digest")).transpose()
    }

    /// The slides that came as an instance of that UID, or as one of a study or series of it.
    pub async fn slides_by_dicom_uid(
        &self,
        entity: DicomEntity,
        uid: &DicomUid,
    ) -> Result<Vec<SlideId>, CatalogError> {
        const ACTION: &str = "find slides by their DICOM UID";
        let statement = match entity {
            DicomEntity::Study => Statement::to(
                ACTION,
                "SELECT slide FROM dicom_instances
                 WHERE study = $1 AND slide IS NOT NULL ORDER BY slide",
            ),
            DicomEntity::Series => Statement::to(
                ACTION,
                "SELECT slide FROM dicom_instances
                 WHERE series = $1 AND slide IS NOT NULL ORDER BY slide",
            ),
            DicomEntity::Instance => Statement::to(
                ACTION,
                "SELECT slide FROM dicom_instances
                 WHERE instance = $1 AND slide IS NOT NULL ORDER BY slide",
            ),
        };
        let rows = self.readers.fetch_all(statement.bind(uid.as_str())).await?;
        slides(&rows)
    }

    /// The slides that came in one study with this one, itself among them; none where it did not come
    /// with UIDs of its own.
    pub async fn slides_of_same_study(&self, slide: SlideId) -> Result<Vec<SlideId>, CatalogError> {
        let statement = Statement::to(
            "list the slides of a DICOM study",
            "SELECT other.slide FROM dicom_instances AS own
             JOIN dicom_instances AS other ON other.study = own.study
             WHERE own.slide = $1 AND other.slide IS NOT NULL ORDER BY other.slide",
        )
        .bind(slide.to_string());
        slides(&self.readers.fetch_all(statement).await?)
    }
}

fn slides(rows: &[Row]) -> Result<Vec<SlideId>, CatalogError> {
    let mut slides: Vec<SlideId> = rows
        .iter()
        .map(|row| parse(row, "slide"))
        .collect::<Result<_, _>>()?;
    slides.dedup();
    Ok(slides)
}
