//! Tasks that are registered: what becomes of their results in each state.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Model, ModelMove, ModelTarget, NewModel, NewModelEvaluation};
use coverslip_mil_worker::{run, score_slide};
use flow::{Heatmap, HeatmapLayer, ObjectKey, SlideScored, SlideStatus};
use mil::AnyTask;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{deps, stored_bag, task_of_version};

type TestResult = Result<(), Box<dyn Error>>;

pub(crate) async fn registered(catalog: &Catalog, task: &AnyTask) -> TestResult {
    let new = NewModel {
        model: Model::Task {
            task: task.reference().clone(),
            encoder: Some(task.encoder_hash()),
        },
        criteria: json!({}),
    };
    catalog.register_model("ada", &new).await?;
    Ok(())
}

pub(crate) async fn moved(catalog: &Catalog, task: &AnyTask, to: ModelTarget) -> TestResult {
    let asked = ModelMove {
        model: task.reference().hash,
        to,
        actor: "ada",
        reason: "",
    };
    match catalog.move_model(&asked).await? {
        catalog::Moved::Done(_) => Ok(()),
        catalog::Moved::Refused(refusal) => Err(refusal.into()),
    }
}

async fn promoted(catalog: &Catalog, task: &AnyTask) -> TestResult {
    let good = NewModelEvaluation {
        model: task.reference().hash,
        report: json!({}),
        verdict: json!({}),
        unmet: None,
    };
    catalog.add_model_evaluation("ada", &good).await?;
    moved(catalog, task, ModelTarget::Active).await
}

#[tokio::test]
async fn a_task_in_shadow_scores_the_bag_and_nobody_is_shown_it() -> TestResult {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks = [task_of_version("1.0.0")?, task_of_version("2.0.0")?].map(AnyTask::from);
    let bag = stored_bag(&deps).await?;
    let (slide, encoder) = (bag.slide, bag.encoder.hash);
    let score = || score_slide(&deps, slide, encoder, &tasks, Arc::new(|_| {}));
    let first = tasks[0].reference().clone();
    deps.catalog
        .audit_tasks("score", std::slice::from_ref(&first), &[])
        .await?;
    registered(&deps.catalog, &tasks[1]).await?;

    let of_draft = score().await?;
    assert_eq!(of_draft.len(), 1);
    assert_eq!(deps.catalog.shadow_results(slide).await?, []);

    moved(&deps.catalog, &tasks[1], ModelTarget::Shadow).await?;
    let results = score().await?;
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].task, first);
    assert_eq!(deps.catalog.predictions(slide).await?, results);
    let in_shadow = deps.catalog.shadow_results(slide).await?;
    assert_eq!(in_shadow.len(), 1);
    assert_eq!(&in_shadow[0].task, tasks[1].reference());
    // The same head: only what it says of its evidence is left out.
    assert_eq!(in_shadow[0].probability, results[0].probability);
    assert_eq!(
        (&in_shadow[0].evidence, in_shadow[0].top_tiles.len()),
        (&None, 0)
    );
    let key = ObjectKey::Prediction(slide, in_shadow[0].name());
    assert!(!deps.store.exists(&key).await?, "it is stored as a result");
    let mut told = deps.queue.subscribe::<SlideScored>();
    let one = told.next().await.message().clone();
    assert_eq!((one.slide, one.task), (slide, first.id));
    Ok(())
}

#[tokio::test]
async fn a_slide_that_only_shadows_read_stays_embedded() -> TestResult {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks = [AnyTask::from(task_of_version("1.0.0")?)];
    let bag = stored_bag(&deps).await?;
    registered(&deps.catalog, &tasks[0]).await?;
    moved(&deps.catalog, &tasks[0], ModelTarget::Shadow).await?;
    let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    assert_eq!(scored.await?, []);
    let row = deps.catalog.slide(bag.slide).await?.ok_or("a row")?;
    assert_eq!(row.status, SlideStatus::Embedded);
    assert_eq!(deps.catalog.shadow_results(bag.slide).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_promotion_and_a_rollback_reach_slides_that_are_stored() -> TestResult {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let tasks = [task_of_version("1.0.0")?, task_of_version("2.0.0")?].map(AnyTask::from);
    let bag = stored_bag(&deps).await?;
    let catalog = &deps.catalog;
    let first = tasks[0].reference().clone();
    catalog.audit_tasks("score", &[first], &[]).await?;
    let (_changed, current) = watch::channel(Arc::from(tasks.to_vec()));
    let shutdown = CancellationToken::new();
    registered(catalog, &tasks[1]).await?;
    let running = tokio::spawn(run(current, deps.clone(), shutdown.clone()));
    let shown = async |version: &str| -> TestResult {
        for _ in 0..1_000 {
            let latest = catalog.predictions_of_all_models(bag.slide).await?;
            if latest
                .first()
                .is_some_and(|one| one.task.version.as_str() == version)
            {
                let shown = catalog.predictions(bag.slide).await?;
                assert_eq!(shown[0].task.version.as_str(), version);
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err(format!("{version} never had the last result").into())
    };
    shown("1.0.0").await?;
    moved(catalog, &tasks[1], ModelTarget::Shadow).await?;
    promoted(catalog, &tasks[1]).await?;
    shown("2.0.0").await?;
    let name = catalog.predictions(bag.slide).await?[0].name();
    let key = ObjectKey::Heatmap(bag.slide, name, HeatmapLayer::Attention);
    Heatmap::decode(&deps.store.get(&key).await?)?;

    catalog
        .roll_back_model(tasks[1].reference().hash, "ada", "")
        .await?;
    shown("1.0.0").await?;
    shutdown.cancel();
    running.await?;
    Ok(())
}
