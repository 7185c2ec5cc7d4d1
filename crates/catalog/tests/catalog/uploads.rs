//! What the catalog promises to those who take files in piece by piece.

use chrono::{DateTime, TimeDelta, Utc};
use coverslip_catalog::{
    BegunUpload, Catalog, JoinedAs, NewFile, NewUpload, UploadMetadata, UploadPartRow, UploadQuota,
    UploadRow, UploadState,
};
use flow::{Sha256Digest, UploadId, UploadPart};
use futures::future::try_join_all;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::id;

kept_by_both! {
    the_last_who_began_to_write_does
    a_request_that_may_write_no_more_keeps_nothing
    of_many_who_take_an_upload_at_one_place_one_goes_on
    of_many_who_begin_none_goes_over_the_quota
    the_same_upload_is_begun_once_under_its_key
    one_process_puts_a_file_together_until_its_lease_ends
    an_upload_that_is_over_stays_so
    what_is_idle_expires_and_is_forgotten_behind_its_parts
    slides_count_for_a_day
}

const LENGTH: u64 = 100;

fn owner(n: u8) -> Sha256Digest {
    Sha256Digest::of(&[n])
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_000_000_000).expect("a time that there is")
}

fn wanted() -> NewUpload {
    NewUpload {
        owner: owner(1),
        bearer: "scanner 1".to_owned(),
        idempotency_key: None,
        file: NewFile::InOrder { n_bytes: LENGTH },
        metadata: UploadMetadata::new("filename YQ==").ok(),
    }
}

async fn begun(catalog: &Catalog) -> Result<UploadRow, Error> {
    let new = wanted();
    let begun = catalog.begin_upload(&new, UploadQuota::default(), now());
    match begun.await? {
        BegunUpload::New(upload) => Ok(upload),
        other => Err(format!("{other:?}").into()),
    }
}

fn part(upload: UploadId, writer: u32, index: u32, first_byte: u64) -> UploadPartRow {
    UploadPartRow {
        part: UploadPart {
            upload,
            writer,
            index,
        },
        first_byte,
        n_bytes: 10,
        digest: Sha256Digest::of(b"ten bytes."),
    }
}

/// Takes an upload at its beginning and keeps all of it, as one part.
async fn whole(catalog: &Catalog) -> Result<UploadRow, Error> {
    let upload = begun(catalog).await?;
    let writer = catalog.take_upload(upload.id, 0, now()).await?;
    let writer = writer.ok_or("it is nobody's")?;
    let row = part(upload.id, writer, 0, 0);
    assert!(catalog.note_part(&row, now()).await?);
    assert!(
        catalog
            .keep_parts(upload.id, writer, 0..LENGTH, now())
            .await?
    );
    catalog
        .upload(upload.id)
        .await?
        .ok_or_else(|| "an upload".into())
}

async fn the_last_who_began_to_write_does(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = begun(&catalog).await?;
    assert_eq!(catalog.upload(upload.id).await?, Some(upload.clone()));
    assert_eq!(upload.state, UploadState::Open);
    assert_eq!(catalog.take_upload(upload.id, 5, now()).await?, None);
    let first = catalog
        .take_upload(upload.id, 0, now())
        .await?
        .ok_or("a number")?;
    assert!(
        catalog
            .note_part(&part(upload.id, first, 0, 0), now())
            .await?
    );
    let second = catalog
        .take_upload(upload.id, 0, now())
        .await?
        .ok_or("a number")?;
    assert!(second > first);
    assert!(
        !catalog
            .note_part(&part(upload.id, first, 1, 10), now())
            .await?
    );
    assert!(!catalog.keep_parts(upload.id, first, 0..10, now()).await?);
    for index in [1, 0] {
        let row = part(upload.id, second, index, u64::from(index) * 10);
        assert!(catalog.note_part(&row, now()).await?);
    }
    assert!(catalog.keep_parts(upload.id, second, 0..20, now()).await?);
    let kept = catalog.kept_parts(upload.id).await?;
    assert_eq!(
        kept,
        [0, 1].map(|n| part(upload.id, second, n, u64::from(n) * 10))
    );
    assert_eq!(catalog.take_upload(upload.id, 0, now()).await?, None);
    assert!(catalog.take_upload(upload.id, 20, now()).await?.is_some());
    Ok(())
}

async fn a_request_that_may_write_no_more_keeps_nothing(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = begun(&catalog).await?.id;
    let first = catalog
        .take_upload(upload, 0, now())
        .await?
        .ok_or("a number")?;
    let row = part(upload, first, 0, 0);
    assert!(catalog.note_part(&row, now()).await?);
    assert_eq!(catalog.unkept_parts(upload, first).await?, [row.part]);
    catalog.forget_unkept_parts(upload, first).await?;
    assert_eq!(catalog.unkept_parts(upload, first).await?, []);

    assert!(catalog.note_part(&part(upload, first, 1, 0), now()).await?);
    assert!(catalog.keep_parts(upload, first, 0..10, now()).await?);
    assert!(
        catalog
            .note_part(&part(upload, first, 2, 10), now())
            .await?
    );
    catalog.forget_unkept_parts(upload, first).await?;
    let kept = catalog.kept_parts(upload).await?;
    assert_eq!(kept, [part(upload, first, 1, 0)], "what is kept stays");
    assert!(catalog.remove_upload(upload, now()).await?);
    assert!(
        !catalog
            .note_part(&part(upload, first, 3, 10), now())
            .await?
    );
    assert!(!catalog.keep_parts(upload, first, 10..20, now()).await?);
    Ok(())
}

async fn of_many_who_take_an_upload_at_one_place_one_goes_on(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = begun(&catalog).await?.id;
    let takers = (0..8).map(|_| catalog.take_upload(upload, 0, now()));
    let mut numbers: Vec<_> = try_join_all(takers).await?.into_iter().flatten().collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=8).collect::<Vec<_>>(),
        "each has a number of its own"
    );
    let keepers = numbers
        .iter()
        .map(|number| catalog.keep_parts(upload, *number, 0..10, now()));
    let kept = try_join_all(keepers).await?;
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 1);
    assert!(kept[7], "the last");
    Ok(())
}

async fn of_many_who_begin_none_goes_over_the_quota(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let bytes = UploadQuota {
        most_unfinished_bytes: Some(3 * LENGTH),
        most_slides_a_day: None,
    };
    let new = wanted();
    let all = (0..8).map(|_| catalog.begin_upload(&new, bytes, now()));
    let all = try_join_all(all).await?;
    let n_new = all
        .iter()
        .filter(|begun| matches!(begun, BegunUpload::New(_)));
    assert_eq!(n_new.count(), 3);
    let refused = BegunUpload::TooManyBytes {
        unfinished: 3 * LENGTH,
        most: 3 * LENGTH,
    };
    assert_eq!(all.iter().filter(|begun| **begun == refused).count(), 5);

    let slides = UploadQuota {
        most_unfinished_bytes: None,
        most_slides_a_day: Some(5),
    };
    catalog.note_owner_slide(&owner(1), id(1), now()).await?;
    let all = (0..4).map(|_| catalog.begin_upload(&new, slides, now()));
    let all = try_join_all(all).await?;
    let n_new = all
        .iter()
        .filter(|begun| matches!(begun, BegunUpload::New(_)));
    assert_eq!(n_new.count(), 1, "three are unfinished and one slide came");
    let other = NewUpload {
        owner: owner(2),
        ..new
    };
    let begun = catalog.begin_upload(&other, bytes, now()).await?;
    assert!(matches!(begun, BegunUpload::New(_)), "{begun:?}");
    Ok(())
}

async fn the_same_upload_is_begun_once_under_its_key(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let new = NewUpload {
        idempotency_key: Some(Sha256Digest::of(b"scan 7")),
        ..wanted()
    };
    let quota = UploadQuota::default();
    let all = (0..8).map(|_| catalog.begin_upload(&new, quota, now()));
    let all = try_join_all(all).await?;
    let ids: Vec<_> = all
        .iter()
        .filter_map(|begun| match begun {
            BegunUpload::New(upload) | BegunUpload::Known(upload) => Some(upload.id),
            _ => None,
        })
        .collect();
    assert_eq!(ids.len(), 8);
    assert!(ids.iter().all(|id| *id == ids[0]));
    let longer = NewUpload {
        file: NewFile::InOrder {
            n_bytes: LENGTH + 1,
        },
        ..new.clone()
    };
    let otherwise = NewUpload {
        metadata: None,
        ..new.clone()
    };
    for other in [longer, otherwise] {
        let begun = catalog.begin_upload(&other, quota, now()).await?;
        assert_eq!(begun, BegunUpload::OtherUnderKey);
    }
    // The key is free again where there is no slide to tell of.
    assert!(catalog.remove_upload(ids[0], now()).await?);
    let begun = catalog.begin_upload(&new, quota, now()).await?;
    assert!(matches!(begun, BegunUpload::New(upload) if upload.id != ids[0]));
    Ok(())
}

async fn one_process_puts_a_file_together_until_its_lease_ends(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let unfinished = begun(&catalog).await?.id;
    let upload = whole(&catalog).await?.id;
    let (soon, late) = (
        now() + TimeDelta::seconds(10),
        now() + TimeDelta::seconds(20),
    );
    assert!(!catalog.claim_join(unfinished, now(), soon).await?);
    assert_eq!(catalog.uploads_to_join(now()).await?, [upload]);
    let claims = (0..8).map(|_| catalog.claim_join(upload, now(), soon));
    let claims = try_join_all(claims).await?;
    assert_eq!(claims.iter().filter(|claimed| **claimed).count(), 1);
    assert_eq!(catalog.uploads_to_join(now()).await?, []);
    assert!(!catalog.remove_upload(upload, now()).await?, "it is whole");
    catalog.renew_join(upload, late).await?;
    assert!(!catalog.claim_join(upload, soon, late).await?);
    assert!(
        catalog.claim_join(upload, late, late).await?,
        "its lease has ended"
    );
    catalog
        .renew_join(upload, late + TimeDelta::seconds(1))
        .await?;
    catalog.release_join(upload).await?;
    assert!(catalog.claim_join(upload, now(), soon).await?);
    Ok(())
}

async fn an_upload_that_is_over_stays_so(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let (done, refused) = (whole(&catalog).await?.id, whole(&catalog).await?.id);
    let slide = JoinedAs::Slide(id(1));
    assert!(catalog.end_join(done, slide, now()).await?);
    assert!(catalog.end_join(refused, JoinedAs::Refused, now()).await?);
    for upload in [done, refused] {
        assert!(!catalog.end_join(upload, JoinedAs::Refused, now()).await?);
        assert!(!catalog.claim_join(upload, now(), now()).await?);
        assert!(!catalog.remove_upload(upload, now()).await?);
        assert_eq!(catalog.take_upload(upload, LENGTH, now()).await?, None);
    }
    let far = now() + TimeDelta::days(1);
    assert_eq!(catalog.expire_uploads(far, far).await?, 0);
    let done = catalog.upload(done).await?.ok_or("an upload")?;
    assert_eq!(done.state, UploadState::Done(id(1)));
    let refused = catalog.upload(refused).await?.ok_or("an upload")?;
    assert_eq!(
        (refused.state, refused.metadata),
        (UploadState::Refused, None)
    );
    Ok(())
}

async fn what_is_idle_expires_and_is_forgotten_behind_its_parts(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = whole(&catalog).await?.id;
    let writer = 1;
    let (later, much_later) = (now() + TimeDelta::hours(1), now() + TimeDelta::hours(2));
    assert_eq!(
        catalog
            .expire_uploads(now() - TimeDelta::seconds(1), later)
            .await?,
        0
    );
    assert!(catalog.claim_join(upload, now(), later).await?);
    assert_eq!(
        catalog.expire_uploads(now(), now()).await?,
        0,
        "somebody is at it"
    );
    assert_eq!(catalog.uploads_to_clear().await?, []);
    assert_eq!(catalog.expire_uploads(now(), later).await?, 1);
    let expired = catalog.upload(upload).await?.ok_or("an upload")?;
    assert_eq!(
        (expired.state, expired.metadata),
        (UploadState::Expired, None)
    );

    assert_eq!(catalog.uploads_to_clear().await?, [upload]);
    catalog.forget_uploads(much_later).await?;
    assert!(
        catalog.upload(upload).await?.is_some(),
        "its parts are not removed"
    );
    let parts = catalog.parts_to_remove(upload, now()).await?;
    assert_eq!(parts, [part(upload, writer, 0, 0).part]);
    catalog.forget_removed_parts(upload, now()).await?;
    assert_eq!(catalog.uploads_to_clear().await?, []);
    catalog.forget_uploads(now()).await?;
    assert!(
        catalog.upload(upload).await?.is_some(),
        "it is not long over"
    );
    catalog.forget_uploads(much_later).await?;
    assert_eq!(catalog.upload(upload).await?, None);
    Ok(())
}

async fn slides_count_for_a_day(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let today = now();
    let yesterday = today - TimeDelta::hours(25);
    catalog
        .note_owner_slide(&owner(1), id(1), yesterday)
        .await?;
    for slide in [2, 3, 3] {
        catalog
            .note_owner_slide(&owner(1), id(slide), today)
            .await?;
    }
    assert_eq!(catalog.n_slides_of_owner(&owner(1), today).await?, 2);
    assert_eq!(catalog.n_slides_of_owner(&owner(2), today).await?, 0);
    assert_eq!(catalog.n_slides_of_owner(&owner(1), yesterday).await?, 3);
    catalog.forget_owner_slides(today).await?;
    assert_eq!(catalog.n_slides_of_owner(&owner(1), yesterday).await?, 2);
    Ok(())
}
