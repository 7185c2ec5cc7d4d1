//! What was computed: each piece of work once, by days of UTC.

use chrono::{DateTime, Utc};
use coverslip_catalog::{MeteredKind, NewMeteredWork};
use flow::{Sha256Digest, SlideId};

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};

kept_by_both! {
    counts_once_and_by_days_of_utc
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn work(slide: &[u8], kind: MeteredKind, done_at: &str) -> NewMeteredWork {
    NewMeteredWork {
        slide: SlideId::from_digest(&Sha256Digest::of(slide)),
        kind,
        name: "tumour".to_owned(),
        version: "1.0.0".parse().ok(),
        model: Sha256Digest::of(b"tumour 1.0.0"),
        n_tiles: 100,
        seconds: Some(0.25),
        done_at: at(done_at),
    }
}

async fn counts_once_and_by_days_of_utc(place: Place) -> TestResult {
    let catalog = place.open().await?;
    use MeteredKind::{Embedded, Scored, Shadow};
    let last_of_october = "2026-10-31T23:59:59.999Z";
    for (slide, kind, done_at) in [
        (b"a", Scored, last_of_october),
        (b"b", Scored, "2026-11-01T00:00:00Z"),
        (b"b", Shadow, "2026-11-01T12:00:00Z"),
        (b"b", Embedded, "2026-11-01T11:00:00Z"),
        (b"c", Scored, "2026-11-01T23:00:00Z"),
    ] {
        let work = work(slide, kind, done_at);
        assert!(catalog.meter(&work).await?);
        // A step that is repeated a month later changes nothing.
        let again = NewMeteredWork {
            done_at: at("2026-12-05T00:00:00Z"),
            seconds: None,
            ..work
        };
        assert!(!catalog.meter(&again).await?);
    }
    let november = [at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z")];
    let counted = catalog.metered_work(november[0], november[1]).await?;
    let counted: Vec<_> = counted
        .iter()
        .map(|work| {
            (
                work.kind,
                work.day,
                work.n_slides,
                work.n_tiles,
                work.seconds,
            )
        })
        .collect();
    let day = november[0];
    assert_eq!(
        counted,
        [
            (Embedded, day, 1, 100, 0.25),
            (Scored, day, 2, 200, 0.5),
            (Shadow, day, 1, 100, 0.25),
        ]
    );
    let october = catalog
        .metered_work(at("2026-10-01T00:00:00Z"), november[0])
        .await?;
    assert_eq!(october.len(), 1);
    assert_eq!(
        (october[0].day, october[0].n_slides),
        (at("2026-10-31T00:00:00Z"), 1)
    );
    let later = catalog
        .metered_work(november[1], at("2027-01-01T00:00:00Z"))
        .await?;
    assert_eq!(later, []);
    Ok(())
}
