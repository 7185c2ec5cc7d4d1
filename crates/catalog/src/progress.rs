//! How far the stage under way has come, and what the stages before it cost.

use flow::{Progress, SlideId, Stage, StageTiming};

use crate::columns::{get, get_count};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// Cheap, and the only write that a power cut may undo.
    pub async fn set_progress(&self, id: SlideId, progress: Progress) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note a slide's progress",
            "INSERT INTO slide_progress (slide, stage, done, total) VALUES ($1, $2, $3, $4)
             ON CONFLICT (slide) DO UPDATE
             SET stage = excluded.stage, done = excluded.done, total = excluded.total",
        )
        .bind(id.to_string())
        .bind(progress.stage.name())
        .bind(progress.done.cast_signed())
        .bind(progress.total.cast_signed())
        .about(id);
        self.notes.execute(statement).await?;
        Ok(())
    }

    /// Replaces what the stage cost when it last ran.
    pub async fn record_timing(
        &self,
        id: SlideId,
        timing: StageTiming,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "record a timing",
            "INSERT INTO slide_timings (slide, stage, wall_s, busy_s) VALUES ($1, $2, $3, $4)
             ON CONFLICT (slide, stage) DO UPDATE
             SET wall_s = excluded.wall_s, busy_s = excluded.busy_s",
        )
        .bind(id.to_string())
        .bind(timing.stage.name())
        .bind(timing.wall_s)
        .bind(timing.busy_s)
        .about(id);
        self.records.execute(statement).await?;
        Ok(())
    }
}

pub(crate) fn read_progress(row: &Row) -> Result<Option<Progress>, CatalogError> {
    let Some(stage) = read_stage(row, "progress_stage")? else {
        return Ok(None);
    };
    Ok(Some(Progress {
        stage,
        done: get_count(row, "progress_done")?,
        total: get_count(row, "progress_total")?,
    }))
}

pub(crate) fn read_timing(row: &Row) -> Result<Option<StageTiming>, CatalogError> {
    let Some(stage) = read_stage(row, "timing_stage")? else {
        return Ok(None);
    };
    Ok(Some(StageTiming {
        stage,
        wall_s: get(row, "timing_wall_s")?,
        busy_s: get(row, "timing_busy_s")?,
    }))
}

fn read_stage(row: &Row, column: &'static str) -> Result<Option<Stage>, CatalogError> {
    let Some(name) = get::<Option<String>>(row, column)? else {
        return Ok(None);
    };
    let stage = Stage::ALL.into_iter().find(|stage| stage.name() == name);
    stage
        .map(Some)
        .ok_or("there is no such stage")
        .map_err(CatalogError::damaged(column))
}
