//! What the catalog promises about slides, their status and their results.

mod samples;

use std::collections::BTreeSet;
use std::error::Error;

use coverslip_catalog::{Advance, Catalog, CatalogError, FileName, NewSlide, Page, Registered};
use flow::{
    Call, EncoderRef, FlowError, HoldReason, Mpp, Prediction, Progress, RegulatoryStatus,
    Sha256Digest, SlideStatus, Stage, StageTiming, TaskRef,
};
use samples::{Files, id};

type TestResult = Result<(), Box<dyn Error>>;

#[tokio::test]
async fn the_same_bytes_are_one_slide() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    assert_eq!(catalog.register(new_slide(1)).await?, Registered::New);
    catalog.set_status(id(1), &SlideStatus::Tiled).await?;
    assert_eq!(catalog.register(new_slide(1)).await?, Registered::Known);
    let slide = catalog.slide(id(1)).await?.ok_or("no slide")?;
    assert_eq!(slide.status, SlideStatus::Tiled);
    assert_eq!(catalog.slide(id(2)).await?, None);
    Ok(())
}

#[tokio::test]
async fn all_of_a_slide_survives_closing_and_opening() -> TestResult {
    let files = Files::new()?;
    let new = NewSlide {
        n_bytes: 5_000_000_000,
        file_name: FileName::new("case 7.svs"),
        mpp_override: Some(Mpp::new(0.25)?),
        ..new_slide(1)
    };
    let held = SlideStatus::Held {
        reason: HoldReason::MissingMpp,
    };
    let progress = Progress {
        stage: Stage::Tile,
        done: 3,
        total: 7,
    };
    let before = {
        let catalog = files.open().await?;
        catalog.register(new.clone()).await?;
        catalog.set_status(id(1), &held).await?;
        catalog.set_progress(id(1), progress).await?;
        catalog
            .record_timing(id(1), timing(Stage::Tile, 2.5))
            .await?;
        catalog.slide(id(1)).await?.ok_or("no slide")?
    };
    assert_eq!(before.digest, new.digest);
    assert_eq!(before.n_bytes, new.n_bytes);
    assert_eq!(before.file_name, new.file_name);
    assert_eq!(before.mpp_override, new.mpp_override);
    assert_eq!(before.status, held);
    assert_eq!(before.progress, Some(progress));
    assert_eq!(before.timings, [timing(Stage::Tile, 2.5)]);
    let after = files.open().await?.slide(id(1)).await?;
    assert_eq!(after, Some(before));
    Ok(())
}

#[tokio::test]
async fn pages_hold_every_slide_once_newest_first() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    for n in 0..25 {
        catalog.register(new_slide(n)).await?;
        // Rows that a join would double.
        catalog
            .record_timing(id(n), timing(Stage::Receive, 1.0))
            .await?;
        catalog
            .record_timing(id(n), timing(Stage::Tile, 1.0))
            .await?;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = catalog.slides(Page { after, limit: 10 }).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page);
    }
    assert!(seen.is_sorted_by(|a, b| (a.received_at, a.id) > (b.received_at, b.id)));
    let ids: BTreeSet<_> = seen.iter().map(|slide| slide.id).collect();
    assert_eq!(ids, (0..25).map(id).collect());
    assert_eq!(seen.len(), 25);
    assert!(seen.iter().all(|slide| slide.timings.len() == 2));
    let unknown = Page {
        after: Some(id(99)),
        limit: 10,
    };
    assert!(catalog.slides(unknown).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn timings_are_in_the_order_of_the_path_and_the_last_run_counts() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    catalog.register(new_slide(1)).await?;
    for stage in [Stage::Score, Stage::Receive, Stage::Tile, Stage::Embed] {
        catalog.record_timing(id(1), timing(stage, 9.0)).await?;
    }
    catalog
        .record_timing(id(1), timing(Stage::Embed, 0.1))
        .await?;
    let timings = catalog.slide(id(1)).await?.ok_or("no slide")?.timings;
    let expected = [
        timing(Stage::Receive, 9.0),
        timing(Stage::Tile, 9.0),
        timing(Stage::Embed, 0.1),
        timing(Stage::Score, 9.0),
    ];
    assert_eq!(timings, expected);
    Ok(())
}

#[tokio::test]
async fn a_new_status_ends_the_progress_of_the_stage_before() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    catalog.register(new_slide(1)).await?;
    let stage = Stage::Tile;
    for done in [1, 2] {
        let total = 2;
        let progress = Progress { stage, done, total };
        catalog.set_progress(id(1), progress).await?;
        let slide = catalog.slide(id(1)).await?.ok_or("no slide")?;
        assert_eq!(slide.progress, Some(progress));
    }
    catalog.set_status(id(1), &SlideStatus::Tiled).await?;
    let slide = catalog.slide(id(1)).await?.ok_or("no slide")?;
    assert_eq!(slide.progress, None);
    Ok(())
}

#[tokio::test]
async fn of_two_who_move_a_slide_on_one_does() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    catalog.register(new_slide(1)).await?;
    let (from, to) = (SlideStatus::Received, SlideStatus::Tiled);
    assert_eq!(catalog.advance(id(1), &from, &to).await?, Advance::Done);
    let late = SlideStatus::Quarantined {
        reason: "too late".to_owned(),
    };
    let second = catalog.advance(id(1), &from, &late).await?;
    assert_eq!(second, Advance::Elsewhere);
    let slide = catalog.slide(id(1)).await?.ok_or("no slide")?;
    assert_eq!(slide.status, to);
    Ok(())
}

#[tokio::test]
async fn unfinished_are_those_that_a_stage_must_work_on_oldest_first() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    let held = SlideStatus::Held {
        reason: HoldReason::NoTissue,
    };
    let quarantined = SlideStatus::Quarantined {
        reason: "not a slide".to_owned(),
    };
    let (tiled, embedded) = (SlideStatus::Tiled, SlideStatus::Embedded);
    let all = [held, tiled, SlideStatus::Scored, embedded, quarantined];
    for (n, status) in (0..).zip(&all) {
        catalog.register(new_slide(n)).await?;
        catalog.set_status(id(n), status).await?;
    }
    catalog.register(new_slide(9)).await?;
    let unfinished: BTreeSet<_> = catalog
        .unfinished()
        .await?
        .into_iter()
        .map(|(id, status)| (id, status.name()))
        .collect();
    let expected = [(id(1), "tiled"), (id(3), "embedded"), (id(9), "received")];
    assert_eq!(unfinished, BTreeSet::from(expected));
    Ok(())
}

#[tokio::test]
async fn what_is_about_an_unknown_slide_is_refused() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    let progress = Progress {
        stage: Stage::Tile,
        done: 0,
        total: 1,
    };
    let mpp = Mpp::new(0.5)?;
    for refused in [
        catalog.set_status(id(1), &SlideStatus::Tiled).await,
        catalog.set_mpp_override(id(1), mpp).await,
        catalog.set_progress(id(1), progress).await,
        catalog.record_timing(id(1), timing(Stage::Tile, 1.0)).await,
        catalog
            .record_prediction(id(1), &prediction(1, "1.0.0", 0.5)?)
            .await,
    ] {
        let is_named =
            matches!(&refused, Err(CatalogError::UnknownSlide { id: named }) if *named == id(1));
        assert!(is_named, "{refused:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_result_is_kept_for_each_version_of_a_task_and_replaced_when_scored_again() -> TestResult
{
    let files = Files::new()?;
    let catalog = files.open().await?;
    catalog.register(new_slide(1)).await?;
    let (old, new) = (prediction(1, "1.0.0", 0.25)?, prediction(1, "1.1.0", 0.75)?);
    let corrected = prediction(1, "1.1.0", 0.5)?;
    for result in [&old, &new, &corrected] {
        catalog.record_prediction(id(1), result).await?;
    }
    assert_eq!(catalog.predictions(id(1)).await?, [corrected, old]);
    assert!(catalog.predictions(id(2)).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn the_revision_grows_with_every_change_in_any_process() -> TestResult {
    let files = Files::new()?;
    let (ours, theirs) = (files.open().await?, files.open().await?);
    let mut seen = vec![ours.revision().await?];
    theirs.register(new_slide(1)).await?;
    seen.push(ours.revision().await?);
    let stage = Stage::Tile;
    for done in [1, 2] {
        let total = 2;
        theirs
            .set_progress(id(1), Progress { stage, done, total })
            .await?;
        seen.push(ours.revision().await?);
    }
    theirs.set_status(id(1), &SlideStatus::Tiled).await?;
    seen.push(ours.revision().await?);
    theirs.set_mpp_override(id(1), Mpp::new(0.5)?).await?;
    seen.push(ours.revision().await?);
    theirs.record_timing(id(1), timing(stage, 1.0)).await?;
    seen.push(ours.revision().await?);
    theirs
        .record_prediction(id(1), &prediction(1, "1.0.0", 0.5)?)
        .await?;
    seen.push(ours.revision().await?);
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    assert_eq!(ours.revision().await?, seen[seen.len() - 1]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_in_two_processes_all_get_through() -> TestResult {
    let files = Files::new()?;
    let catalogs = [files.open().await?, files.open().await?];
    let write = |catalog: Catalog, n: u8| async move {
        catalog.register(new_slide(n)).await?;
        for done in 0..5 {
            let (stage, total) = (Stage::Tile, 5);
            catalog
                .set_progress(id(n), Progress { stage, done, total })
                .await?;
        }
        catalog.set_status(id(n), &SlideStatus::Tiled).await
    };
    let writers: Vec<_> = (0..24)
        .map(|n| tokio::spawn(write(catalogs[usize::from(n % 2)].clone(), n)))
        .collect();
    for writer in writers {
        writer.await??;
    }
    let (after, limit) = (None, 100);
    let slides = catalogs[0].slides(Page { after, limit }).await?;
    assert_eq!(slides.len(), 24);
    assert!(
        slides
            .iter()
            .all(|slide| slide.status == SlideStatus::Tiled)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_open_a_new_catalog_at_once_all_get_it() -> TestResult {
    let files = Files::new()?;
    let path = files.path();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            tokio::spawn(async move { Catalog::open(&path).await })
        })
        .collect();
    for catalog in opening {
        assert_eq!(catalog.await??.revision().await?, 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_catalog_of_a_newer_version_is_left_alone() -> TestResult {
    let files = Files::new()?;
    files.open().await?;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(files.path());
    let pool = sqlx::SqlitePool::connect_with(options).await?;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&pool)
    .await?;
    let refused = files.open().await;
    assert!(matches!(refused.map(|_| ()), Err(CatalogError::Migrate(_))));
    Ok(())
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_refused() -> TestResult {
    let files = Files::new()?;
    let refused = Catalog::open(&files.path().join("below")).await;
    assert!(matches!(refused.map(|_| ()), Err(CatalogError::Lock(_))));
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_catalog_is_refused() -> TestResult {
    let files = Files::new()?;
    std::fs::write(
        files.path(),
        "a text that is long enough to be read as a header".repeat(9),
    )?;
    assert!(files.open().await.is_err());
    Ok(())
}

#[tokio::test]
async fn file_names_stay_out_of_debug_output() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    let file_name = FileName::new("DOE^JANE.svs");
    catalog
        .register(NewSlide {
            file_name,
            ..new_slide(1)
        })
        .await?;
    let slide = catalog.slide(id(1)).await?.ok_or("no slide")?;
    assert_eq!(
        slide.file_name.as_ref().map(FileName::reveal),
        Some("DOE^JANE.svs")
    );
    assert!(!format!("{slide:?}").contains("DOE"));
    Ok(())
}

fn timing(stage: Stage, wall_s: f64) -> StageTiming {
    StageTiming {
        busy_s: Some(wall_s / 2.0),
        ..StageTiming::of_wall(stage, wall_s)
    }
}

fn new_slide(n: u8) -> NewSlide {
    NewSlide {
        id: id(n),
        digest: Sha256Digest::of(&[n]),
        n_bytes: 1,
        file_name: None,
        mpp_override: None,
    }
}

fn prediction(slide: u8, version: &str, probability: f64) -> Result<Prediction, FlowError> {
    Ok(Prediction {
        slide: id(slide),
        pyramid: Sha256Digest::of(b"pyramid"),
        encoder: EncoderRef {
            name: "encoder".to_owned(),
            hash: Sha256Digest::of(b"encoder"),
        },
        encoder_terms: None,
        untrained_mpp: None,
        precision: None,
        task: TaskRef {
            id: "phantom-tumour".parse()?,
            version: version.parse()?,
            hash: Sha256Digest::of(version.as_bytes()),
        },
        covariates: None,
        regulatory_status: RegulatoryStatus::ResearchUseOnly,
        call: Call {
            label: "tumour".to_owned(),
            is_positive: probability >= 0.5,
        },
        probability,
        threshold: 0.5,
        grade: None,
        set: None,
        abstention: None,
        class_probabilities: Vec::new(),
        top_tiles: Vec::new(),
        n_instances: 12,
        evidence: None,
    })
}
