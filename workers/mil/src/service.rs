//! Tasks that are services: what they are asked of a slide, and what becomes of one that gives no answer.

use std::time::Instant;

use anyhow::{Context, Result};
use catalog::{NewTaskFailure, TaskFailure};
use chrono::{TimeDelta, Utc};
use flow::{Abstention, CovariateValues, SlideId, SlideManifest};
use http::Loan;
use mil::{Scores, ServiceTask, Takes};
use store::Bag;
use task_service::{Job, Pictures, ServiceError, SlideScale};
use telemetry::ServiceOutcome;
use tracing::warn;

use crate::MilDeps;
use crate::facts::{slide_facts, slide_manifest};
use crate::observation::{Seen, sketch_of};

/// Who lends tokens to services, in the audit trail.
const ACTOR: &str = "score";

/// How much longer than the job a token holds: a service may end with a picture.
const TOKEN_MARGIN_S: i64 = 30;

/// Time until a service is asked again that failed for now, in seconds; then as often as the last.
const PAUSES_S: [i64; 5] = [5, 30, 120, 600, 3_600];

/// What a service says of a slide, checked.
pub(crate) struct Said {
    pub(crate) bag: Bag,
    pub(crate) scores: Scores,
    /// Why the scores are no answer, if they are none.
    pub(crate) abstention: Option<Abstention>,
    /// From the request to the answer.
    pub(crate) seconds: f64,
    pub(crate) scanner: Option<String>,
}

/// Asks a task's service about the slide's bag, if it is its time. `None` where it gives no answer that
/// counts: why is noted, with when it is to be asked again.
///
/// # Errors
/// If what is ours fails: the bag, the storage, the catalog.
pub(crate) async fn ask_service(
    deps: &MilDeps,
    slide: SlideId,
    task: &ServiceTask,
) -> Result<Option<Said>> {
    let hash = task.reference().hash;
    let failures = deps.catalog.task_failures(slide).await?;
    let before = failures.iter().find(|failure| failure.task.hash == hash);
    if before.is_some_and(is_not_due) {
        return Ok(None);
    }
    match asked(deps, slide, task).await? {
        Ok(said) => {
            telemetry::service_asked(ServiceOutcome::Answered);
            if before.is_some() {
                deps.catalog.forget_task_failure(slide, hash).await?;
            }
            Ok(Some(said))
        }
        Err(error) => {
            note(deps, slide, task, before, &error).await?;
            Ok(None)
        }
    }
}

impl Said {
    /// What slides are compared by.
    pub(crate) fn seen(&self) -> Seen {
        Seen {
            scanner: self.scanner.clone(),
            sketch: sketch_of(&self.bag),
        }
    }
}

fn is_not_due(failure: &TaskFailure) -> bool {
    failure.again_at.is_none_or(|again| again > Utc::now())
}

async fn asked(
    deps: &MilDeps,
    slide: SlideId,
    task: &ServiceTask,
) -> Result<Result<Said, ServiceError>> {
    if let Err(paused) = deps.services.ready(task) {
        return Ok(Err(paused));
    }
    let bag = Bag::read(&deps.store, slide, task.encoder_hash())
        .await
        .context("cannot read the slide's bag")?;
    let manifest = slide_manifest(&deps.store, slide).await?;
    let began = Instant::now();
    let answer = match task.file().service.takes {
        Takes::Bag => answer(deps, task, &bag, &manifest, None).await,
        Takes::Tiles => with_pictures(deps, task, &bag, &manifest).await?,
    };
    let seconds = began.elapsed().as_secs_f64();
    let (scores, declined) = match answer {
        Ok(answered) => answered,
        Err(error) => return Ok(Err(error)),
    };
    let scanner = manifest.scanner.clone();
    let facts = slide_facts(manifest, &bag.header, None, &CovariateValues::default());
    let embeddings = (&*bag.embeddings, bag.header.dimension);
    Ok(Ok(Said {
        abstention: task.abstention(&facts, embeddings, declined.as_ref(), &scores)?,
        bag,
        scores,
        seconds,
        scanner,
    }))
}

/// The scores, and why the service gave none.
type Answered = Result<(Scores, Option<mil::Declined>), ServiceError>;

async fn answer(
    deps: &MilDeps,
    task: &ServiceTask,
    bag: &Bag,
    manifest: &SlideManifest,
    pictures: Option<&Pictures>,
) -> Answered {
    let job = Job {
        task,
        bag: &bag.header,
        scale: SlideScale {
            size: manifest.size,
            mpp: manifest.mpp,
        },
        instances: &bag.instances,
        embeddings: &bag.embeddings,
        pictures,
    };
    let answer = deps.services.predict(&job).await?;
    let scores = task.scores(&job.id(), &answer, bag.instances.len())?;
    Ok((scores, answer.abstention))
}

/// Lends the service a token for as long as it may take.
async fn with_pictures(
    deps: &MilDeps,
    task: &ServiceTask,
    bag: &Bag,
    manifest: &SlideManifest,
) -> Result<Answered> {
    let slide = bag.header.slide;
    let iiif = match deps.services.pictures_of(slide) {
        Ok(iiif) => iiif,
        Err(error) => return Ok(Err(error)),
    };
    let life = i64::from(task.file().service.timeout_s) + TOKEN_MARGIN_S;
    let expires_at = Utc::now() + TimeDelta::seconds(life);
    let name = format!("service of task {}", task.file().id);
    let loan = Loan {
        tenant: deps.tenant.as_ref(),
        slide,
        actor: ACTOR,
        name: &name,
        until: expires_at,
    };
    let token = http::lend_slide(&deps.catalog, loan).await?;
    let pictures = Pictures {
        iiif,
        token: token.reveal().to_owned(),
        expires_at,
    };
    let answered = answer(deps, task, bag, manifest, Some(&pictures)).await;
    http::take_back(&deps.catalog, &token).await?;
    Ok(answered)
}

async fn note(
    deps: &MilDeps,
    slide: SlideId,
    task: &ServiceTask,
    before: Option<&TaskFailure>,
    error: &ServiceError,
) -> Result<()> {
    let reason = error.in_words();
    let at = Utc::now();
    let again_at = error.is_passing().then(|| at + pause(before));
    telemetry::service_asked(match again_at {
        Some(_) => ServiceOutcome::Postponed,
        None => ServiceOutcome::Failed,
    });
    let reference = task.reference();
    warn!(
        slide.id = %slide, task.id = %reference.id, task.version = %reference.version, reason,
        "a task's service gave no result of a slide"
    );
    let failure = NewTaskFailure {
        slide,
        encoder: task.encoder_hash(),
        task: reference.clone(),
        reason,
        at,
        again_at,
    };
    Ok(deps.catalog.note_task_failure(&failure).await?)
}

fn pause(before: Option<&TaskFailure>) -> TimeDelta {
    let n_before = before.map_or(0, |failure| failure.n_attempts as usize);
    TimeDelta::seconds(PAUSES_S[n_before.min(PAUSES_S.len() - 1)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        assert_eq!(pause(None), TimeDelta::seconds(5));
        let failure = |n_attempts| TaskFailure {
            slide: SlideId::from_digest(&flow::Sha256Digest::of(b"slide")),
            encoder: flow::Sha256Digest::of(b"encoder"),
            task: flow::TaskRef {
                id: "task".parse().expect("an id"),
                version: "1".parse().expect("a version"),
                hash: flow::Sha256Digest::of(b"task"),
            },
            reason: "away".to_owned(),
            n_attempts,
            failed_at: Utc::now(),
            again_at: None,
        };
        assert_eq!(pause(Some(&failure(1))), TimeDelta::seconds(30));
        assert_eq!(pause(Some(&failure(90))), TimeDelta::hours(1));
    }
}
