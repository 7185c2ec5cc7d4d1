use flow::{Instance, ResultName, SlideId};
use serde::{Deserialize, Serialize};

use crate::columns::{from_json, get, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// A chunk of a bag that is not whole yet, whose tiles a task has scored, each alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScoredChunk {
    pub slide: SlideId,
    /// The result that the task will have of the whole bag.
    pub result: ResultName,
    pub chunk: u32,
}

/// What a tile says alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TileScore {
    pub at: Instance,
    /// As in the layer [`flow::HeatmapLayer::Tile`].
    pub probability: f32,
}

/// Nothing here is a record: lost, it only shows people less while they wait.
impl Catalog {
    /// A chunk's scores never change, so the first ones noted stay.
    pub async fn note_tile_scores(
        &self,
        scored: &ScoredChunk,
        tiles: &[TileScore],
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note tile scores",
            "INSERT INTO tile_scores (slide, encoder, task, task_version, chunk, body)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        );
        let statement = of_chunk(statement, scored)
            .bind(to_json("tile scores", &tiles)?)
            .about(scored.slide);
        self.notes.execute(statement).await.map(drop)
    }

    /// By task, the first chunk first.
    pub async fn scored_chunks(&self, slide: SlideId) -> Result<Vec<ScoredChunk>, CatalogError> {
        let statement = Statement::to(
            "read scored chunks",
            "SELECT slide, encoder, task, task_version, chunk FROM tile_scores
             WHERE slide = $1 ORDER BY task, task_version, encoder, chunk",
        )
        .bind(slide.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_scored_chunk).collect()
    }

    /// None once the slide is no longer being embedded.
    pub async fn tile_scores(&self, scored: &ScoredChunk) -> Result<Vec<TileScore>, CatalogError> {
        let statement = Statement::to(
            "read tile scores",
            "SELECT body FROM tile_scores WHERE slide = $1 AND encoder = $2 AND task = $3
             AND task_version = $4 AND chunk = $5",
        );
        let statement = of_chunk(statement, scored);
        match self.readers.fetch_optional(statement).await? {
            Some(row) => from_json(&row, "body"),
            None => Ok(Vec::new()),
        }
    }

    /// The slide is no longer being embedded.
    pub async fn forget_tile_scores(&self, slide: SlideId) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget tile scores",
            "DELETE FROM tile_scores WHERE slide = $1",
        )
        .bind(slide.to_string());
        self.notes.execute(statement).await.map(drop)
    }
}

fn of_chunk(statement: Statement, scored: &ScoredChunk) -> Statement {
    let ScoredChunk {
        slide,
        result,
        chunk,
    } = scored;
    statement
        .bind(slide.to_string())
        .bind(result.encoder.to_string())
        .bind(result.task.as_str())
        .bind(result.version.as_str())
        .bind(*chunk)
}

fn read_scored_chunk(row: &Row) -> Result<ScoredChunk, CatalogError> {
    let chunk: i64 = get(row, "chunk")?;
    Ok(ScoredChunk {
        slide: parse(row, "slide")?,
        result: ResultName {
            encoder: parse(row, "encoder")?,
            task: parse(row, "task")?,
            version: parse(row, "task_version")?,
            covariates: None,
        },
        chunk: u32::try_from(chunk).map_err(CatalogError::damaged("chunk"))?,
    })
}
