//! What is known of a slide beside its pixels, on a real catalog.

mod samples;

use std::collections::BTreeMap;
use std::error::Error;

use coverslip_catalog::{CatalogError, NewSlide};
use flow::{CovariateRevision, CovariateValues, FlowError, GivenCovariates, Sha256Digest};
use samples::{Files, id};

type TestResult = Result<(), Box<dyn Error>>;

fn of_age(age: &str) -> Result<CovariateValues, FlowError> {
    CovariateValues::new(BTreeMap::from([("age".to_owned(), age.to_owned())]))
}

#[tokio::test]
async fn the_last_that_were_given_hold_also_after_opening_again() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    let slide = NewSlide {
        id: id(1),
        digest: Sha256Digest::of(&[1]),
        n_bytes: 1,
        file_name: None,
        mpp_override: None,
    };
    catalog.register(slide).await?;
    assert_eq!(catalog.covariates(id(1)).await?, GivenCovariates::default());
    for (age, revision) in [("63", 1), ("63", 1), ("64", 2), ("63", 3)] {
        let given = catalog.give_covariates(id(1), &of_age(age)?).await?;
        assert_eq!(given.revision, CovariateRevision(revision), "{age}");
        assert_eq!(given.values, of_age(age)?);
    }
    drop(catalog);
    let again = files.open().await?.covariates(id(1)).await?;
    assert_eq!(again.revision, CovariateRevision(3));
    assert_eq!(again.values, of_age("63")?);
    Ok(())
}

#[tokio::test]
async fn a_slide_that_is_not_there_is_given_none() -> TestResult {
    let files = Files::new()?;
    let catalog = files.open().await?;
    let refused = catalog.give_covariates(id(9), &of_age("63")?).await;
    assert!(matches!(refused, Err(CatalogError::UnknownSlide { .. })));
    Ok(())
}
