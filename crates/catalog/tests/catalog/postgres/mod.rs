//! What the catalog on PostgreSQL promises beyond the contract of both kinds.

mod joining;
mod outages;
mod tenants;
mod tls;

use std::error::Error;

use coverslip_catalog::{Catalog, CatalogError};

use crate::place::parsed;

/// Why the catalog cannot be opened, with all causes.
async fn refused(url: &str) -> (CatalogError, String) {
    let refused = Catalog::connect(&parsed(url)).await.map(|_| ());
    let error = refused.expect_err("it cannot be opened");
    let said = said_by(&error);
    (error, said)
}

fn said_by(error: &CatalogError) -> String {
    let mut said = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    assert!(!said.contains("secret"), "{said}");
    said
}
