//! What is kept of results, so that weeks of slides can be compared.

use std::error::Error;
use std::sync::Arc;

use catalog::{Catalog, NewSlide, Observation};
use chrono::{DateTime, TimeDelta, Utc};
use coverslip_mil_worker::{Backfilled, MilDeps, backfill_observations, score_slide};
use flow::Sha256Digest;
use mil::AnyTask;
use store::Store;

use crate::{deps, stored_bag};

type TestResult = Result<(), Box<dyn Error>>;

async fn observed(deps: &MilDeps, task: &AnyTask) -> Result<Vec<Observation>, Box<dyn Error>> {
    let until = Utc::now() + TimeDelta::minutes(1);
    let all = deps
        .catalog
        .observations(task.reference().hash, DateTime::UNIX_EPOCH, until);
    Ok(all.await?)
}

#[tokio::test]
async fn a_result_is_kept_to_be_compared_once() -> TestResult {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let bag = stored_bag(&deps).await?;
    let score = || score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    let result = score().await?.remove(0);
    let first = observed(&deps, &tasks[0]).await?;
    let [one] = &first[..] else {
        return Err(format!("{first:?}").into());
    };
    assert_eq!(one.scanner.as_deref(), Some("Phantom 1"));
    assert_eq!(one.score, Some(result.probability));
    assert_eq!(one.abstained, result.abstention.is_some());
    let encoder = bag.encoder.hash;
    assert!(deps.catalog.has_sketch(bag.slide, encoder).await?);
    score().await?;
    assert_eq!(observed(&deps, &tasks[0]).await?, first);
    Ok(())
}

#[tokio::test]
async fn results_from_before_are_kept_by_what_lies_in_storage() -> TestResult {
    let folder = tempfile::tempdir()?;
    let now = deps(folder.path()).await?;
    let tasks: Vec<AnyTask> = shipped::tasks()?.into_iter().map(AnyTask::from).collect();
    let bag = stored_bag(&now).await?;
    let encoder = bag.encoder.hash;
    let results = score_slide(&now, bag.slide, encoder, &tasks, Arc::new(|_| {})).await?;
    // The same storage with a catalog that knows the result and nothing of comparing.
    let before = MilDeps {
        catalog: Catalog::open(&folder.path().join("before.sqlite")).await?,
        ..now.clone()
    };
    let slide = NewSlide::of(Sha256Digest::of(b"slide"), 5);
    before.catalog.register(slide).await?;
    before
        .catalog
        .record_prediction(bag.slide, &results[0])
        .await?;
    let kept = |n_kept, n_failed| Backfilled { n_kept, n_failed };

    let without_bags = Store::local(&folder.path().join("empty"))?;
    for (store, expected) in [
        (&without_bags, kept(0, 1)),
        (&before.store, kept(1, 0)),
        (&before.store, kept(0, 0)),
    ] {
        let done = backfill_observations(store, &before.catalog).await?;
        assert_eq!(done, expected);
    }
    let [old, new] = [
        observed(&before, &tasks[0]).await?,
        observed(&now, &tasks[0]).await?,
    ];
    assert_eq!(
        (old[0].score, &old[0].scanner),
        (new[0].score, &new[0].scanner)
    );
    assert!(before.catalog.has_sketch(bag.slide, encoder).await?);
    Ok(())
}
