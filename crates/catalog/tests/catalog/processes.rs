//! What a catalog promises to processes that share it: here handles with connections of their own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use coverslip_catalog::{
    Advance, AuditAction, AuditEvent, Catalog, CatalogError, Page, Registered,
};
use flow::{Progress, SlideStatus, Stage};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::{id, new_slide, prediction, timing};

kept_by_both! {
    many_who_open_a_new_catalog_at_once_all_get_it
    a_catalog_of_a_newer_version_is_left_alone
    many_writers_in_several_processes_all_get_through
    of_many_who_move_a_slide_on_one_does
    of_many_who_register_a_slide_one_is_the_first
    the_audit_trail_has_no_gap_at_any_time
    whoever_knows_the_revision_knows_the_state
}

async fn processes(place: &Place) -> Result<[Catalog; 3], CatalogError> {
    Ok([
        place.open().await?,
        place.open().await?,
        place.open().await?,
    ])
}

async fn many_who_open_a_new_catalog_at_once_all_get_it(place: Place) -> TestResult {
    let place = Arc::new(place);
    let mut opening = JoinSet::new();
    for _ in 0..8 {
        let place = Arc::clone(&place);
        opening.spawn(async move { place.open().await });
    }
    for catalog in opening.join_all().await {
        assert_eq!(catalog?.revision().await?, 0);
    }
    Ok(())
}

async fn a_catalog_of_a_newer_version_is_left_alone(place: Place) -> TestResult {
    place.open().await?;
    place
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 9999, 'from the future', success, checksum, 0 FROM _sqlx_migrations
             WHERE version = 1",
        )
        .await?;
    let refused = place.open().await;
    assert!(matches!(refused.map(|_| ()), Err(CatalogError::Migrate(_))));
    Ok(())
}

async fn many_writers_in_several_processes_all_get_through(place: Place) -> TestResult {
    let processes = processes(&place).await?;
    let mut writers = JoinSet::new();
    for n in 0..24 {
        writers.spawn(write_all_of(processes[usize::from(n % 3)].clone(), n));
    }
    for written in writers.join_all().await {
        written.map_err(|error| error.to_string())?;
    }
    let (after, limit) = (None, 100);
    let slides = processes[0].slides(Page { after, limit }).await?;
    assert_eq!(slides.len(), 24);
    for slide in slides {
        assert_eq!((slide.status, slide.progress), (SlideStatus::Tiled, None));
        assert_eq!(slide.timings, [timing(Stage::Tile, 1.0)]);
        assert_eq!(processes[1].predictions(slide.id).await?.len(), 1);
    }
    Ok(())
}

async fn write_all_of(catalog: Catalog, n: u8) -> Result<(), CatalogError> {
    catalog.register(new_slide(n)).await?;
    let stage = Stage::Tile;
    for done in 0..5 {
        let progress = Progress {
            stage,
            done,
            total: 5,
        };
        catalog.set_progress(id(n), progress).await?;
    }
    catalog.record_timing(id(n), timing(stage, 1.0)).await?;
    let result = prediction(n, "1.0.0", 0.5).expect("a good prediction");
    catalog.record_prediction(id(n), &result).await?;
    catalog.set_status(id(n), &SlideStatus::Tiled).await
}

/// While others note its progress, which the same change forgets.
async fn of_many_who_move_a_slide_on_one_does(place: Place) -> TestResult {
    let processes = processes(&place).await?;
    for n in 0..10 {
        processes[0].register(new_slide(n)).await?;
        let mut movers = JoinSet::new();
        let mut noting = JoinSet::new();
        for catalog in &processes {
            let (mover, noter) = (catalog.clone(), catalog.clone());
            movers.spawn(async move {
                let (from, to) = (SlideStatus::Received, SlideStatus::Tiled);
                mover.advance(id(n), &from, &to).await
            });
            noting.spawn(async move {
                let (stage, total) = (Stage::Tile, 8);
                for done in 0..total {
                    let progress = Progress { stage, done, total };
                    noter.set_progress(id(n), progress).await?;
                }
                Ok::<_, CatalogError>(())
            });
        }
        let mut n_done = 0;
        for moved in movers.join_all().await {
            n_done += usize::from(moved? == Advance::Done);
        }
        assert_eq!(n_done, 1);
        for noted in noting.join_all().await {
            noted?;
        }
        let slide = processes[1].known_slide(id(n)).await?;
        assert_eq!(slide.status, SlideStatus::Tiled);
    }
    Ok(())
}

async fn of_many_who_register_a_slide_one_is_the_first(place: Place) -> TestResult {
    let processes = processes(&place).await?;
    for n in 0..10 {
        let mut scanners = JoinSet::new();
        for catalog in &processes {
            let catalog = catalog.clone();
            scanners.spawn(async move { catalog.register(new_slide(n)).await });
        }
        let mut n_new = 0;
        for registered in scanners.join_all().await {
            n_new += usize::from(registered? == Registered::New);
        }
        assert_eq!(n_new, 1);
    }
    Ok(())
}

async fn the_audit_trail_has_no_gap_at_any_time(place: Place) -> TestResult {
    let processes = processes(&place).await?;
    let mut writers = JoinSet::new();
    for catalog in &processes {
        let catalog = catalog.clone();
        writers.spawn(async move {
            for _ in 0..20 {
                let event = AuditEvent {
                    actor: "x".to_owned(),
                    action: AuditAction::LoggedIn,
                    slide: Some(id(1)),
                    detail: Value::Null,
                };
                catalog.audit(event).await?;
            }
            Ok::<_, CatalogError>(())
        });
    }
    loop {
        let is_last_look = writers.is_empty();
        let trail = processes[0].audit_trail(None, 100).await?;
        let numbers: Vec<_> = trail.iter().rev().map(|row| row.seq).collect();
        let expected: Vec<_> = (1..=trail.len() as u64).collect();
        assert_eq!(numbers, expected);
        if is_last_look {
            assert_eq!(numbers.len(), 60);
            return Ok(());
        }
        while let Some(written) = writers.try_join_next() {
            written??;
        }
    }
}

/// Those who look again only when the revision has grown miss nothing.
async fn whoever_knows_the_revision_knows_the_state(place: Place) -> TestResult {
    let [ours, theirs, _] = processes(&place).await?;
    ours.register(new_slide(1)).await?;
    let writer = tokio::spawn(async move {
        let (stage, total) = (Stage::Tile, 100);
        for done in 1..=total {
            let progress = Progress { stage, done, total };
            theirs.set_progress(id(1), progress).await?;
            sleep(Duration::from_millis(5)).await;
        }
        Ok::<_, CatalogError>(())
    });
    let mut states = BTreeMap::new();
    while !writer.is_finished() {
        look(&ours, &mut states).await?;
    }
    writer.await??;
    look(&ours, &mut states).await?;
    assert!(states.len() > 2, "{states:?}");
    assert!(states.values().is_sorted(), "{states:?}");
    Ok(())
}

async fn look(catalog: &Catalog, states: &mut BTreeMap<u64, u64>) -> Result<(), Error> {
    let revision = catalog.revision().await?;
    let progress = catalog.known_slide(id(1)).await?.progress;
    let done = progress.map_or(0, |progress| progress.done);
    if catalog.revision().await? == revision {
        let before = states.insert(revision, done);
        assert!(before.is_none_or(|before| before == done), "{states:?}");
    }
    Ok(())
}
