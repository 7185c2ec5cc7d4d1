//! A process that dies between any two things that scoring does.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use catalog::{MeteredKind, ModelTarget};
use chrono::{TimeDelta, Utc};
use coverslip_mil_worker::score_slide;
use mil::AnyTask;

use crate::governed::{moved, registered};
use crate::{deps, stored_bag, task_of_version};

#[tokio::test]
async fn a_slide_counts_once_and_is_compared_wherever_it_was_cut_off() -> Result<(), Box<dyn Error>>
{
    for n_steps in 1.. {
        let folder = tempfile::tempdir()?;
        let deps = deps(folder.path()).await?;
        let tasks = [task_of_version("1.0.0")?, task_of_version("2.0.0")?].map(AnyTask::from);
        let bag = stored_bag(&deps).await?;
        let first = tasks[0].reference().clone();
        deps.catalog.audit_tasks("score", &[first], &[]).await?;
        registered(&deps.catalog, &tasks[1]).await?;
        moved(&deps.catalog, &tasks[1], ModelTarget::Shadow).await?;

        let score = || {
            let (slide, encoder) = (bag.slide, bag.encoder.hash);
            score_slide(&deps, slide, encoder, &tasks, Arc::new(|_| {}))
        };
        let has_ended = ends_within(n_steps, score()).await;
        score().await?;
        let now = Utc::now();
        let day = TimeDelta::days(1);
        let counted = deps.catalog.metered_work(now - day, now + day).await?;
        let counted: BTreeMap<MeteredKind, u64> = counted
            .iter()
            .map(|work| (work.kind, work.n_slides))
            .collect();
        let once = [(MeteredKind::Scored, 1), (MeteredKind::Shadow, 1)];
        assert_eq!(counted, BTreeMap::from(once), "cut off after {n_steps}");
        for task in &tasks {
            let task = task.reference().hash;
            let kept = deps
                .catalog
                .observations(task, now - day, now + day)
                .await?;
            assert_eq!(kept.len(), 1, "cut off after {n_steps}");
        }
        if has_ended {
            assert!(n_steps > 10, "it was cut off at {n_steps} moments alone");
            break;
        }
    }
    Ok(())
}

/// Whether the work came to its end within so many steps of it; else it is left where it stood.
async fn ends_within(n_steps: u32, work: impl Future) -> bool {
    let mut work = pin!(work);
    let mut left = n_steps;
    poll_fn(|context| match left {
        0 => Poll::Ready(false),
        _ => {
            left -= 1;
            work.as_mut().poll(context).map(|_done| true)
        }
    })
    .await
}
