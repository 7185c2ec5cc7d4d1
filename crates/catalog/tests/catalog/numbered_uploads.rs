//! What the catalog promises of files whose parts come under numbers.

use chrono::{DateTime, TimeDelta, Utc};
use coverslip_catalog::{
    BegunUpload, Catalog, FinishedNumbers, JoinedAs, KeptNumber, NewFile, NewUpload, NumberedPart,
    ObjectName, PartNumber, UploadMetadata, UploadPartRow, UploadQuota, UploadRow, UploadState,
};
use flow::{Sha256Digest, UploadId, UploadPart};
use futures::future::try_join_all;

use crate::both_kinds::kept_by_both;
use crate::place::{Error, Place, TestResult};
use crate::samples::id;

kept_by_both! {
    parts_that_are_meant_are_the_file_in_their_order
    parts_come_many_at_once_and_the_last_of_a_number_counts
    what_came_counts_towards_the_quota
    an_upload_that_is_settled_or_over_takes_no_parts
    a_file_is_found_by_its_name_and_owner
}

fn owner() -> Sha256Digest {
    Sha256Digest::of(b"scanner 1")
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_000_000_000).expect("a time that there is")
}

fn number(number: i64) -> PartNumber {
    PartNumber::new(number).expect("a number that there is")
}

fn digest_of(writer: u32) -> Sha256Digest {
    Sha256Digest::of(&writer.to_le_bytes())
}

fn wanted(object: &str) -> NewUpload {
    NewUpload {
        owner: owner(),
        bearer: "scanner 1".to_owned(),
        idempotency_key: None,
        file: NewFile::Numbered {
            object: ObjectName::new(object).expect("a name"),
        },
        metadata: UploadMetadata::new("filename YQ==").ok(),
    }
}

async fn begun(catalog: &Catalog, object: &str) -> Result<UploadRow, Error> {
    let new = wanted(object);
    let begun = catalog.begin_upload(&new, UploadQuota::default(), now());
    match begun.await? {
        BegunUpload::New(upload) => Ok(upload),
        other => Err(format!("{other:?}").into()),
    }
}

/// Stores two pieces of 10 bytes under a number; which request that was.
async fn stored(catalog: &Catalog, upload: UploadId, of: i64) -> Result<u32, Error> {
    let writer = catalog.take_numbered(upload, now()).await?;
    let writer = writer.ok_or("it takes no parts")?;
    for index in 0..2 {
        let row = UploadPartRow {
            part: UploadPart {
                upload,
                writer,
                index,
            },
            first_byte: u64::from(index) * 10,
            n_bytes: 10,
            digest: Sha256Digest::of(b"ten bytes."),
        };
        assert!(catalog.note_part(&row, now()).await?);
    }
    let part = NumberedPart {
        number: number(of),
        writer,
        n_bytes: 20,
        digest: digest_of(writer),
        stored_at: now(),
    };
    match catalog.keep_numbered(upload, &part).await? {
        KeptNumber::Kept { .. } => Ok(writer),
        KeptNumber::Over => Err("it takes no parts".into()),
    }
}

async fn parts_that_are_meant_are_the_file_in_their_order(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = begun(&catalog, "a.svs").await?.id;
    let third = stored(&catalog, upload, 3).await?;
    let first = stored(&catalog, upload, 1).await?;
    let other = stored(&catalog, upload, 2).await?;
    let meant = [(number(1), digest_of(first)), (number(3), digest_of(third))];

    let mistaken = [meant[0], (number(2), digest_of(first))];
    let finished = catalog.finish_numbered(upload, &mistaken, "tag", now());
    assert_eq!(finished.await?, FinishedNumbers::Missing(number(2)));
    assert!(catalog.kept_parts(upload).await?.is_empty());

    let finished = catalog.finish_numbered(upload, &meant, "tag", now());
    assert_eq!(finished.await?, FinishedNumbers::Whole { n_bytes: 40 });
    let kept = catalog.kept_parts(upload).await?;
    let places: Vec<_> = kept
        .iter()
        .map(|row| (row.part.writer, row.part.index, row.first_byte))
        .collect();
    let expected = [
        (first, 0, 0),
        (first, 1, 10),
        (third, 0, 20),
        (third, 1, 30),
    ];
    assert_eq!(places, expected);
    let unkept = catalog.unkept_parts(upload, other).await?;
    assert_eq!(unkept.len(), 2);

    let row = catalog.upload(upload).await?.ok_or("it is gone")?;
    assert!(row.is_whole());
    assert_eq!(row.entity_tag.as_deref(), Some("tag"));
    assert_eq!(catalog.uploads_to_join(now()).await?, [upload]);
    let again = catalog.finish_numbered(upload, &meant, "tag", now());
    assert_eq!(again.await?, FinishedNumbers::Over);
    Ok(())
}

async fn parts_come_many_at_once_and_the_last_of_a_number_counts(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = begun(&catalog, "a.svs").await?.id;
    let writers = try_join_all((1..=8).map(|of| stored(&catalog, upload, of))).await?;
    let parts = catalog.numbered_parts(upload).await?;
    let found: Vec<_> = parts
        .iter()
        .map(|part| (part.number, part.writer))
        .collect();
    let expected: Vec<_> = (1..=8).map(number).zip(writers.iter().copied()).collect();
    assert_eq!(found, expected);

    let part = |writer| NumberedPart {
        number: number(5),
        writer,
        n_bytes: 7,
        digest: digest_of(writer),
        stored_at: now(),
    };
    let later = catalog.take_numbered(upload, now()).await?.ok_or("over")?;
    let kept = catalog.keep_numbered(upload, &part(later)).await?;
    let replaced = Some(writers[4]);
    assert_eq!(kept, KeptNumber::Kept { replaced });
    assert_eq!(catalog.numbered_parts(upload).await?[4], part(later));
    let row = catalog.upload(upload).await?.ok_or("it is gone")?;
    assert_eq!((row.n_bytes, row.is_whole()), (7 * 20 + 7, false));
    Ok(())
}

async fn what_came_counts_towards_the_quota(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let upload = begun(&catalog, "a.svs").await?.id;
    stored(&catalog, upload, 1).await?;
    let quota = UploadQuota {
        most_unfinished_bytes: Some(25),
        most_slides_a_day: None,
    };
    let in_order = |n_bytes| NewUpload {
        file: NewFile::InOrder { n_bytes },
        ..wanted("of no account")
    };
    let full = catalog.begin_upload(&in_order(6), quota, now()).await?;
    let (unfinished, most) = (20, 25);
    assert_eq!(full, BegunUpload::TooManyBytes { unfinished, most });
    assert_eq!(catalog.unfinished_bytes(&owner()).await?, unfinished);
    let begun = catalog.begin_upload(&in_order(5), quota, now()).await?;
    assert!(matches!(begun, BegunUpload::New(_)), "{begun:?}");
    Ok(())
}

async fn an_upload_that_is_settled_or_over_takes_no_parts(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let [settled, removed] = [
        begun(&catalog, "a").await?.id,
        begun(&catalog, "b").await?.id,
    ];
    let idle = begun(&catalog, "c").await?.id;
    let writer = stored(&catalog, settled, 1).await?;
    stored(&catalog, removed, 1).await?;
    let late = now() + TimeDelta::hours(1);
    catalog
        .finish_numbered(settled, &[(number(1), digest_of(writer))], "tag", late)
        .await?;
    assert!(catalog.remove_upload(removed, late).await?);
    assert!(!catalog.remove_upload(settled, late).await?);
    assert_eq!(catalog.expire_uploads(now(), late).await?, 1);
    for upload in [settled, removed, idle] {
        assert_eq!(catalog.take_numbered(upload, late).await?, None);
        let part = NumberedPart {
            number: number(2),
            writer: 9,
            n_bytes: 1,
            digest: digest_of(9),
            stored_at: late,
        };
        let kept = catalog.keep_numbered(upload, &part).await?;
        assert_eq!(kept, KeptNumber::Over);
    }
    assert_eq!(catalog.uploads_to_clear().await?, [removed]);
    let much_later = late + TimeDelta::hours(1);
    catalog.forget_removed_parts(removed, much_later).await?;
    catalog.forget_uploads(late).await?;
    assert_eq!(catalog.upload(removed).await?, None);
    assert!(catalog.upload(settled).await?.is_some());
    Ok(())
}

async fn a_file_is_found_by_its_name_and_owner(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let (name, stranger) = (ObjectName::new("a/b.svs")?, Sha256Digest::of(b"else"));
    let upload = begun(&catalog, "a/b.svs").await?;
    assert_eq!(upload.state, UploadState::Numbered);
    let unsettled = catalog.numbered_uploads(&owner()).await?;
    assert_eq!(unsettled.as_slice(), std::slice::from_ref(&upload));
    assert!(catalog.numbered_uploads(&stranger).await?.is_empty());
    assert_eq!(catalog.uploaded_object(&owner(), &name).await?, None);

    let writer = stored(&catalog, upload.id, 1).await?;
    let meant = [(number(1), digest_of(writer))];
    catalog
        .finish_numbered(upload.id, &meant, "tag", now())
        .await?;
    let later = now() + TimeDelta::minutes(1);
    catalog.claim_join(upload.id, now(), later).await?;
    assert!(
        catalog
            .end_join(upload.id, JoinedAs::Slide(id(1)), now())
            .await?
    );
    let found = catalog.uploaded_object(&owner(), &name).await?;
    let found = found.ok_or("it is not found")?;
    assert_eq!(found.state, UploadState::Done(id(1)));
    assert_eq!(
        (found.n_bytes, found.entity_tag.as_deref()),
        (20, Some("tag"))
    );
    assert_eq!(catalog.uploaded_objects(&owner()).await?, [found]);
    assert!(catalog.uploaded_objects(&stranger).await?.is_empty());
    assert_eq!(catalog.uploaded_object(&stranger, &name).await?, None);
    Ok(())
}
