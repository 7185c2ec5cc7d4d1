//! What the catalog promises about what is known of a slide beside its pixels.

use std::collections::{BTreeMap, BTreeSet};

use coverslip_catalog::CatalogError;
use flow::{CovariateRevision, CovariateValues, FlowError, GivenCovariates};
use futures::future::join_all;

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    the_last_that_were_given_hold_also_after_opening_again
    a_slide_that_is_not_there_is_given_none
    of_many_who_give_at_once_each_has_a_revision
}

fn of_age(age: &str) -> Result<CovariateValues, FlowError> {
    CovariateValues::new(BTreeMap::from([("age".to_owned(), age.to_owned())]))
}

async fn the_last_that_were_given_hold_also_after_opening_again(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    assert_eq!(catalog.covariates(id(1)).await?, GivenCovariates::default());
    for (age, revision) in [("63", 1), ("63", 1), ("64", 2), ("63", 3)] {
        let given = catalog
            .give_covariates("the lis", id(1), &of_age(age)?)
            .await?;
        assert_eq!(given.revision, CovariateRevision(revision), "{age}");
        assert_eq!(given.values, of_age(age)?);
    }
    drop(catalog);
    let again = place.open().await?.covariates(id(1)).await?;
    assert_eq!(again.revision, CovariateRevision(3));
    assert_eq!(again.values, of_age("63")?);
    Ok(())
}

async fn of_many_who_give_at_once_each_has_a_revision(place: Place) -> TestResult {
    let catalog = place.open().await?;
    catalog.register(new_slide(1)).await?;
    let given = join_all((0..8).map(|age| {
        let catalog = catalog.clone();
        async move {
            let values = of_age(&age.to_string()).expect("a number of years");
            catalog.give_covariates("the lis", id(1), &values).await
        }
    }));
    let given: Vec<GivenCovariates> = given.await.into_iter().collect::<Result<_, _>>()?;
    let revisions: BTreeSet<u32> = given.iter().map(|given| given.revision.0).collect();
    assert_eq!(revisions, (1..=8).collect());
    let holds = catalog.covariates(id(1)).await?;
    assert!(given.contains(&holds) && holds.revision.0 == 8);
    Ok(())
}

async fn a_slide_that_is_not_there_is_given_none(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let refused = catalog
        .give_covariates("the lis", id(9), &of_age("63")?)
        .await;
    assert!(matches!(refused, Err(CatalogError::UnknownSlide { .. })));
    Ok(())
}
