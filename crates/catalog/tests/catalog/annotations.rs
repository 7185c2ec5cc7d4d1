//! What the catalog promises about what people draw on slides.

use coverslip_catalog::{CatalogError, NewAnnotation};
use flow::AnnotationId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    every_version_is_kept_and_the_newest_holds
    many_authors_at_once_all_get_through
}

fn drawn(author: &str, body: Option<Value>) -> NewAnnotation {
    NewAnnotation {
        slide: id(1),
        id: AnnotationId::from_bytes([1; 16]),
        author: author.to_owned(),
        body,
    }
}

async fn every_version_is_kept_and_the_newest_holds(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let unknown = catalog.save_annotation(&drawn("a", Some(json!(1)))).await;
    assert!(matches!(unknown, Err(CatalogError::UnknownSlide { .. })));
    catalog.register(new_slide(1)).await?;
    let bodies = [
        Some(json!({"n": 1})),
        Some(json!({"n": 2})),
        None,
        Some(json!({"n": 4})),
    ];
    for (version, body) in (1..).zip(&bodies) {
        let saved = catalog.save_annotation(&drawn("a", body.clone())).await?;
        assert_eq!(saved, version);
        let listed = catalog.annotations(id(1)).await?;
        let listed: Vec<_> = listed.into_iter().map(|row| row.body).collect();
        assert_eq!(listed, body.iter().cloned().map(Some).collect::<Vec<_>>());
    }
    let other = NewAnnotation {
        id: AnnotationId::from_bytes([2; 16]),
        ..drawn("b", Some(json!({"n": 5})))
    };
    assert_eq!(catalog.save_annotation(&other).await?, 1);
    assert_eq!(catalog.annotations(id(1)).await?.len(), 2);
    drop(catalog);
    let history = place
        .open()
        .await?
        .annotation(id(1), drawn("a", None).id)
        .await?;
    let history: Vec<_> = history.into_iter().map(|row| row.body).collect();
    assert_eq!(history, bodies);
    Ok(())
}

async fn many_authors_at_once_all_get_through(place: Place) -> TestResult {
    let catalogs = [place.open().await?, place.open().await?];
    catalogs[0].register(new_slide(1)).await?;
    let mut authors = JoinSet::new();
    for n in 0..12 {
        let catalog = catalogs[n % 2].clone();
        let annotation = drawn(&format!("author {n}"), Some(json!(n)));
        authors.spawn(async move { catalog.save_annotation(&annotation).await });
    }
    let mut versions = authors
        .join_all()
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    versions.sort_unstable();
    assert_eq!(versions, (1..=12).collect::<Vec<_>>());
    Ok(())
}
