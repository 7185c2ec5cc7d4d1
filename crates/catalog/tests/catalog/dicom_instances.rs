//! What the catalog promises about DICOM instances that came under UIDs of their own.

use coverslip_catalog::{DicomEntity, KeptInstance, NewDicomInstance};
use flow::{DicomImageKind, FlowError, Sha256Digest, SlideStatus, SlideUids};
use futures::future::join_all;

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    an_instance_never_changes
    of_many_who_keep_other_bytes_under_one_uid_one_does
    slides_are_found_by_study_series_and_instance
    the_label_of_a_slide_is_found_in_its_series
    of_the_tiled_slides_of_one_study_the_first_is_listed
}

/// Instance `n` of series `series` in the one study.
fn instance(n: u8, series: u8) -> Result<NewDicomInstance, FlowError> {
    Ok(NewDicomInstance {
        uids: SlideUids {
            study: "1.2.1".parse()?,
            series: format!("1.2.1.{series}").parse()?,
            level_zero: format!("1.2.1.9.{n}").parse()?,
        },
        kind: DicomImageKind::Label,
        digest: Sha256Digest::of(&[n]),
        n_bytes: 1,
        slide: None,
    })
}

fn slide(n: u8, series: u8) -> Result<NewDicomInstance, FlowError> {
    Ok(NewDicomInstance {
        kind: DicomImageKind::FullResolution,
        slide: Some(id(n)),
        ..instance(n, series)?
    })
}

async fn an_instance_never_changes(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let first = instance(1, 1)?;
    assert_eq!(catalog.keep_instance(&first).await?, KeptInstance::New);
    assert_eq!(catalog.keep_instance(&first).await?, KeptInstance::Known);
    let other = NewDicomInstance {
        digest: Sha256Digest::of(b"other"),
        slide: Some(id(2)),
        ..first.clone()
    };
    assert_eq!(
        catalog.keep_instance(&other).await?,
        KeptInstance::OtherBytes
    );
    let uid = &first.uids.level_zero;
    drop(catalog);
    let catalog = place.open().await?;
    assert_eq!(catalog.kept_instance(uid).await?, Some(first.digest));
    let found = catalog
        .slides_by_dicom_uid(DicomEntity::Instance, uid)
        .await?;
    assert_eq!(found, Vec::new());
    // The same bytes may become a slide later.
    assert_eq!(
        catalog.keep_instance(&slide(1, 1)?).await?,
        KeptInstance::New
    );
    assert_eq!(catalog.keep_instance(&first).await?, KeptInstance::Known);
    let found = catalog
        .slides_by_dicom_uid(DicomEntity::Instance, uid)
        .await?;
    assert_eq!(found, [id(1)]);
    Ok(())
}

async fn the_label_of_a_slide_is_found_in_its_series(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.keep_instance(&slide(1, 1)?).await?;
    // Of another series, and of another kind.
    catalog.keep_instance(&instance(2, 2)?).await?;
    let overview = NewDicomInstance {
        kind: DicomImageKind::Overview,
        ..instance(3, 1)?
    };
    catalog.keep_instance(&overview).await?;
    assert_eq!(catalog.kept_label(id(1)).await?, None);
    let label = instance(4, 1)?;
    catalog.keep_instance(&label).await?;
    assert_eq!(catalog.kept_label(id(1)).await?, Some(label.digest));
    assert_eq!(catalog.kept_label(id(2)).await?, None);
    Ok(())
}

async fn of_many_who_keep_other_bytes_under_one_uid_one_does(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let kept = join_all((0..8).map(|n| {
        let catalog = catalog.clone();
        async move {
            let new = NewDicomInstance {
                digest: Sha256Digest::of(&[n]),
                ..instance(1, 1).expect("a good UID")
            };
            catalog.keep_instance(&new).await
        }
    }));
    let kept: Vec<KeptInstance> = kept.await.into_iter().collect::<Result<_, _>>()?;
    let n_of = |wanted| kept.iter().filter(|kept| **kept == wanted).count();
    assert_eq!(n_of(KeptInstance::New), 1);
    assert_eq!(n_of(KeptInstance::OtherBytes), 7);
    Ok(())
}

async fn slides_are_found_by_study_series_and_instance(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for (n, series) in [(1, 1), (2, 2)] {
        catalog.keep_instance(&slide(n, series)?).await?;
        catalog.keep_instance(&instance(10 + n, series)?).await?;
    }
    let mut both = [id(1), id(2)];
    both.sort();
    let uids = slide(1, 1)?.uids;
    let by = |entity, uid| catalog.slides_by_dicom_uid(entity, uid);
    assert_eq!(by(DicomEntity::Study, &uids.study).await?, both);
    assert_eq!(by(DicomEntity::Series, &uids.series).await?, [id(1)]);
    assert_eq!(by(DicomEntity::Instance, &uids.level_zero).await?, [id(1)]);
    let label = instance(11, 1)?.uids.level_zero;
    assert_eq!(by(DicomEntity::Instance, &label).await?, Vec::new());
    assert_eq!(catalog.slides_of_same_study(id(2)).await?, both);
    assert_eq!(catalog.slides_of_same_study(id(3)).await?, Vec::new());
    Ok(())
}

async fn of_the_tiled_slides_of_one_study_the_first_is_listed(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for n in 1..=3 {
        catalog.register(new_slide(n)).await?;
        catalog.set_status(id(n), &SlideStatus::Tiled).await?;
    }
    catalog.keep_instance(&slide(1, 1)?).await?;
    catalog.keep_instance(&slide(2, 2)?).await?;
    let (first, last) = (id(1).min(id(2)), id(1).max(id(2)));
    let listed = catalog.tiled_studies(0, 9).await?;
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed.contains(&first) && listed.contains(&id(3)));
    catalog.set_status(first, &SlideStatus::Received).await?;
    let listed = catalog.tiled_studies(0, 9).await?;
    assert!(listed.contains(&last) && !listed.contains(&first));
    Ok(())
}
