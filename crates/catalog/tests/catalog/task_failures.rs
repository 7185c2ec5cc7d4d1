//! Services that gave no result of a slide, and when they are asked again.

use chrono::{TimeDelta, Utc};
use coverslip_catalog::{NewSlide, NewTaskFailure};
use flow::{Sha256Digest, SlideId, TaskRef};

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};

kept_by_both! {
    a_failure_stands_until_it_is_forgotten
}

async fn a_failure_stands_until_it_is_forgotten(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let digest = Sha256Digest::of(b"a slide that a service refuses");
    let slide = SlideId::from_digest(&digest);
    catalog.register(NewSlide::of(digest, 5)).await?;
    let at = Utc::now() - TimeDelta::minutes(1);
    let hash = Sha256Digest::of(b"a service");
    let failure = |reason: &str, again_at| NewTaskFailure {
        slide,
        encoder: Sha256Digest::of(b"encoder"),
        task: TaskRef {
            id: "partner".parse().expect("an id"),
            version: "1.0.0".parse().expect("a version"),
            hash,
        },
        reason: reason.to_owned(),
        at,
        again_at,
    };
    let due = || catalog.due_task_failures(hash, Utc::now(), 10);
    let soon = Utc::now() + TimeDelta::hours(1);
    catalog
        .note_task_failure(&failure("busy", Some(soon)))
        .await?;
    assert_eq!(due().await?, []);
    catalog
        .note_task_failure(&failure("busy again", Some(at)))
        .await?;
    let found = due().await?;
    assert_eq!(
        (found.len(), found[0].slide, found[0].n_attempts),
        (1, slide, 2)
    );
    assert_eq!(found[0].reason, "busy again");
    let other = Sha256Digest::of(b"another service");
    assert_eq!(catalog.due_task_failures(other, Utc::now(), 10).await?, []);

    // What is final is due no more, and stays to be looked at.
    catalog.note_task_failure(&failure("wrong", None)).await?;
    assert_eq!(due().await?, []);
    assert_eq!(catalog.task_failures(slide).await?[0].n_attempts, 3);
    catalog.forget_task_failure(slide, other).await?;
    assert_eq!(catalog.task_failures(slide).await?.len(), 1);
    catalog.forget_task_failure(slide, hash).await?;
    assert_eq!(catalog.task_failures(slide).await?, []);

    let unknown = NewTaskFailure {
        slide: SlideId::from_digest(&Sha256Digest::of(b"nobody's")),
        ..failure("busy", None)
    };
    assert!(catalog.note_task_failure(&unknown).await.is_err());
    Ok(())
}
