//! What a catalog in a file does about files that are none.

use coverslip_catalog::{Catalog, CatalogError};

use crate::place::{TestResult, file_in};

#[tokio::test]
async fn a_folder_that_is_not_there_is_refused() -> TestResult {
    let folder = tempfile::tempdir()?;
    let refused = Catalog::open(&file_in(&folder).join("below")).await;
    assert!(matches!(refused.map(|_| ()), Err(CatalogError::Lock(_))));
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_catalog_is_refused() -> TestResult {
    let folder = tempfile::tempdir()?;
    let text = "a text that is long enough to be read as a header";
    std::fs::write(file_in(&folder), text.repeat(9))?;
    assert!(Catalog::open(&file_in(&folder)).await.is_err());
    Ok(())
}
