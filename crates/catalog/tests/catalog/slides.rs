//! What the catalog promises about slides, their status and their results.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use coverslip_catalog::{Advance, CatalogError, FileName, NewSlide, Page, Registered};
use flow::{HoldReason, Mpp, PatientPictures, Progress, SlideStatus, Stage};

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide, prediction, timing};

kept_by_both! {
    the_same_bytes_are_one_slide
    all_of_a_slide_survives_closing_and_opening
    pages_hold_every_slide_once_newest_first
    timings_are_in_the_order_of_the_path_and_the_last_run_counts
    a_new_status_ends_the_progress_of_the_stage_before
    of_two_who_move_a_slide_on_one_does
    unfinished_are_those_that_a_stage_must_work_on_oldest_first
    what_is_about_an_unknown_slide_is_refused
    a_result_is_kept_for_each_version_of_a_task_and_replaced_when_scored_again
    each_version_of_a_task_is_known_by_its_first_result
    the_revision_grows_with_every_change_in_any_process
    file_names_stay_out_of_debug_output
    ids_alone_come_in_the_order_of_the_slides
    tiled_slides_are_those_that_can_be_looked_at
}

async fn the_same_bytes_are_one_slide(place: Place) -> TestResult {
    let catalog = place.open().await?;
    assert_eq!(catalog.register(new_slide(1)).await?, Registered::New);
    catalog.set_status(id(1), &SlideStatus::Tiled).await?;
    assert_eq!(catalog.register(new_slide(1)).await?, Registered::Known);
    let slide = catalog.slide(id(1)).await?.ok_or("no slide")?;
    assert_eq!(slide.status, SlideStatus::Tiled);
    assert_eq!(catalog.slide(id(2)).await?, None);
    Ok(())
}

async fn all_of_a_slide_survives_closing_and_opening(place: Place) -> TestResult {
    let new = NewSlide {
        n_bytes: 5_000_000_000,
        file_name: FileName::new("case 7.svs"),
        mpp_override: Some(Mpp::new(0.25)?),
        patient_pictures: PatientPictures::Removed,
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
        let catalog = place.open().await?;
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
    assert_eq!(before.patient_pictures, PatientPictures::Removed);
    assert_eq!(
        place.open().await?.register(new_slide(1)).await?,
        Registered::Known
    );
    assert_eq!(before.status, held);
    assert_eq!(before.progress, Some(progress));
    assert_eq!(before.timings, [timing(Stage::Tile, 2.5)]);
    let after = place.open().await?.slide(id(1)).await?;
    assert_eq!(after, Some(before));
    Ok(())
}

async fn pages_hold_every_slide_once_newest_first(place: Place) -> TestResult {
    let catalog = place.open().await?;
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

async fn timings_are_in_the_order_of_the_path_and_the_last_run_counts(place: Place) -> TestResult {
    let catalog = place.open().await?;
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

async fn a_new_status_ends_the_progress_of_the_stage_before(place: Place) -> TestResult {
    let catalog = place.open().await?;
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

async fn of_two_who_move_a_slide_on_one_does(place: Place) -> TestResult {
    let catalog = place.open().await?;
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

async fn unfinished_are_those_that_a_stage_must_work_on_oldest_first(place: Place) -> TestResult {
    let catalog = place.open().await?;
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

async fn what_is_about_an_unknown_slide_is_refused(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let progress = Progress {
        stage: Stage::Tile,
        done: 0,
        total: 1,
    };
    let mpp = Mpp::new(0.5)?;
    for refused in [
        catalog.set_status(id(1), &SlideStatus::Tiled).await,
        catalog.set_mpp_override("a scanner", id(1), mpp).await,
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

async fn a_result_is_kept_for_each_version_of_a_task_and_replaced_when_scored_again(
    place: Place,
) -> TestResult {
    let catalog = place.open().await?;
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

async fn each_version_of_a_task_is_known_by_its_first_result(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let before = Utc::now() - TimeDelta::seconds(1);
    for (slide, version) in [(1, "1.0.0"), (2, "1.0.0"), (2, "1.1.0")] {
        catalog.register(new_slide(slide)).await?;
        let result = prediction(slide, version, 0.5)?;
        catalog.record_prediction(id(slide), &result).await?;
    }
    let models = catalog.first_of_each_model().await?;
    let versions = models.iter().map(|m| m.prediction.task.version.as_str());
    assert_eq!(versions.collect::<Vec<_>>(), ["1.0.0", "1.1.0"]);
    let recorded = catalog.recorded_predictions(id(2)).await?;
    assert_eq!(recorded.len(), 2);
    assert!(recorded.iter().all(|row| row.recorded_at > before));
    assert_eq!(recorded[0], models[1]);
    Ok(())
}

async fn the_revision_grows_with_every_change_in_any_process(place: Place) -> TestResult {
    let (ours, theirs) = (place.open().await?, place.open().await?);
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
    theirs
        .set_mpp_override("a scanner", id(1), Mpp::new(0.5)?)
        .await?;
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

async fn file_names_stay_out_of_debug_output(place: Place) -> TestResult {
    let catalog = place.open().await?;
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

async fn ids_alone_come_in_the_order_of_the_slides(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for n in 0..7 {
        catalog.register(new_slide(n)).await?;
    }
    assert_eq!(catalog.n_slides().await?, 7);
    let mut after = None;
    let mut n_seen = 0;
    loop {
        let page = Page { after, limit: 3 };
        let rows = catalog.slides(page).await?;
        let expected: Vec<_> = rows.iter().map(|row| (row.id, row.received_at)).collect();
        assert_eq!(catalog.slide_ids(page).await?, expected);
        n_seen += expected.len();
        match expected.last() {
            Some((last, _)) => after = Some(*last),
            None => break,
        }
    }
    assert_eq!(n_seen, 7);
    Ok(())
}

async fn tiled_slides_are_those_that_can_be_looked_at(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let held = |reason| SlideStatus::Held { reason };
    let quarantined = || SlideStatus::Quarantined {
        reason: "damaged".to_owned(),
    };
    let cases = [
        (SlideStatus::Received, true, false),
        (SlideStatus::Tiled, false, true),
        (SlideStatus::Embedded, true, true),
        (SlideStatus::Scored, true, true),
        (held(HoldReason::MissingMpp), false, false),
        (held(HoldReason::NoTissue), true, true),
        (quarantined(), false, false),
        (quarantined(), true, true),
    ];
    let mut expected = BTreeSet::new();
    for (n, (status, was_timed, is_tiled)) in (0..).zip(cases) {
        catalog.register(new_slide(n)).await?;
        catalog.set_status(id(n), &status).await?;
        if was_timed {
            catalog
                .record_timing(id(n), timing(Stage::Tile, 1.0))
                .await?;
        }
        if is_tiled {
            expected.insert(id(n));
        }
    }
    let all = catalog.tiled_studies(0, 100).await?;
    assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), expected);
    let newest_first = catalog
        .slides(Page {
            after: None,
            limit: 100,
        })
        .await?;
    let in_order: Vec<_> = newest_first.iter().map(|row| row.id).collect();
    assert!(all.is_sorted_by_key(|slide| in_order.iter().position(|id| id == slide)));
    for skipped in 0..=expected.len() {
        let page = catalog.tiled_studies(skipped as u64, 2).await?;
        let rest: Vec<_> = all.iter().skip(skipped).take(2).copied().collect();
        assert_eq!(page, rest);
    }
    Ok(())
}
