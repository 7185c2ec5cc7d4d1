use chrono::{DateTime, Utc};
use flow::{EmbeddingSketch, Prediction, Sha256Digest, SlideId};

use crate::columns::{from_json, get, get_count, get_time, parse, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What is kept of a result to compare weeks by.
#[derive(Clone, Debug, PartialEq)]
pub struct NewObservation {
    pub slide: SlideId,
    pub task: Sha256Digest,
    pub encoder: Sha256Digest,
    /// Maker and model; `None` where the slide's file does not say.
    pub scanner: Option<String>,
    /// The probability; `None` where that is not the task's.
    pub score: Option<f64>,
    pub abstained: bool,
    pub scored_at: DateTime<Utc>,
    /// `None` of an empty bag.
    pub sketch: Option<EmbeddingSketch>,
}

/// The same without its sketch.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub slide: SlideId,
    pub scanner: Option<String>,
    pub score: Option<f64>,
    pub abstained: bool,
    pub scored_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ObservedSketch {
    pub slide: SlideId,
    pub scanner: Option<String>,
    pub sketch: EmbeddingSketch,
}

/// A result of which nothing was kept to compare weeks by: it is older than that.
#[derive(Clone, Debug, PartialEq)]
pub struct Unobserved {
    pub prediction: Prediction,
    pub recorded_at: DateTime<Utc>,
}

impl Catalog {
    /// Keeps what is to be compared of a result. The same again changes nothing; where the task said
    /// something else since, that holds, of the time that it first scored the slide.
    pub async fn observe(&self, new: &NewObservation) -> Result<(), CatalogError> {
        let mut transaction = self
            .records
            .begin("keep what is compared of a slide")
            .await?;
        if let Some(sketch) = &new.sketch {
            let statement = Statement::to(
                "keep the sketch of a slide",
                "INSERT INTO slide_sketches (slide, encoder_hash, sketch) VALUES ($1, $2, $3)
                 ON CONFLICT (slide, encoder_hash) DO NOTHING",
            )
            .bind(new.slide.to_string())
            .bind(new.encoder.to_string())
            .bind(to_json("sketch", sketch)?)
            .about(new.slide);
            transaction.execute(statement).await?;
        }
        let statement = Statement::to(
            "keep what is compared of a slide",
            "INSERT INTO model_observations
             (slide, task_hash, encoder_hash, scanner, score, abstained, scored_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (slide, task_hash) DO UPDATE
             SET score = excluded.score, abstained = excluded.abstained
             WHERE model_observations.score IS DISTINCT FROM excluded.score
                 OR model_observations.abstained <> excluded.abstained",
        )
        .bind(new.slide.to_string())
        .bind(new.task.to_string())
        .bind(new.encoder.to_string())
        .bind(new.scanner.as_deref())
        .bind(new.score)
        .bind(i64::from(new.abstained))
        .bind(new.scored_at.timestamp_millis())
        .about(new.slide);
        transaction.execute(statement).await?;
        transaction.commit().await
    }

    /// Whether it is kept what an encoder made of a slide.
    pub async fn has_sketch(
        &self,
        slide: SlideId,
        encoder: Sha256Digest,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "look for the sketch of a slide",
            "SELECT slide FROM slide_sketches WHERE slide = $1 AND encoder_hash = $2",
        )
        .bind(slide.to_string())
        .bind(encoder.to_string());
        Ok(self.readers.fetch_optional(statement).await?.is_some())
    }

    /// Of a task, of slides that it first scored from `from` until before `to`, by slide.
    pub async fn observations(
        &self,
        task: Sha256Digest,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Observation>, CatalogError> {
        let statement = Statement::to(
            "read what is compared of slides",
            "SELECT slide, scanner, score, abstained, scored_at_ms FROM model_observations
             WHERE task_hash = $1 AND scored_at_ms >= $2 AND scored_at_ms < $3 ORDER BY slide",
        )
        .bind(task.to_string())
        .bind(from.timestamp_millis())
        .bind(to.timestamp_millis());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_observation).collect()
    }

    /// Slides of which a task said anything.
    pub async fn n_observed(&self, task: Sha256Digest) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "count the slides of a task",
            "SELECT count(*) AS n FROM model_observations WHERE task_hash = $1",
        );
        let statement = statement.bind(task.to_string());
        get_count(&self.readers.fetch_one(statement).await?, "n")
    }

    /// The sketches of the same slides.
    pub async fn sketches(
        &self,
        task: Sha256Digest,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<ObservedSketch>, CatalogError> {
        let statement = Statement::to(
            "read the sketches of slides",
            "SELECT observed.slide, observed.scanner, slide_sketches.sketch
             FROM model_observations AS observed
             JOIN slide_sketches ON slide_sketches.slide = observed.slide
                 AND slide_sketches.encoder_hash = observed.encoder_hash
             WHERE observed.task_hash = $1
                 AND observed.scored_at_ms >= $2 AND observed.scored_at_ms < $3
             ORDER BY observed.slide",
        )
        .bind(task.to_string())
        .bind(from.timestamp_millis())
        .bind(to.timestamp_millis());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_sketch).collect()
    }

    /// Results of which nothing was kept: the next `limit` after that slide's of that task.
    pub async fn unobserved(
        &self,
        after: Option<(SlideId, Sha256Digest)>,
        limit: u32,
    ) -> Result<Vec<Unobserved>, CatalogError> {
        let statement = Statement::to(
            "look for results of which nothing is compared",
            "SELECT predictions.body, predictions.recorded_at_ms FROM predictions
             LEFT JOIN model_observations AS observed ON observed.slide = predictions.slide
                 AND observed.task_hash = predictions.task_hash
             WHERE (predictions.slide, predictions.task_hash) > ($1, $2) AND observed.slide IS NULL
             ORDER BY predictions.slide, predictions.task_hash LIMIT $3",
        )
        // Before every id.
        .bind(
            after
                .map(|(slide, _)| slide.to_string())
                .unwrap_or_default(),
        )
        .bind(after.map(|(_, task)| task.to_string()).unwrap_or_default())
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_unobserved).collect()
    }
}

fn read_observation(row: &Row) -> Result<Observation, CatalogError> {
    Ok(Observation {
        slide: parse(row, "slide")?,
        scanner: get(row, "scanner")?,
        score: get(row, "score")?,
        abstained: get::<i64>(row, "abstained")? != 0,
        scored_at: get_time(row, "scored_at_ms")?,
    })
}

fn read_sketch(row: &Row) -> Result<ObservedSketch, CatalogError> {
    Ok(ObservedSketch {
        slide: parse(row, "slide")?,
        scanner: get(row, "scanner")?,
        sketch: from_json(row, "sketch")?,
    })
}

fn read_unobserved(row: &Row) -> Result<Unobserved, CatalogError> {
    Ok(Unobserved {
        prediction: from_json(row, "body")?,
        recorded_at: get_time(row, "recorded_at_ms")?,
    })
}
