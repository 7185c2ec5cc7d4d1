use coverslip_catalog::{Catalog, CatalogError, PostgresUrl};
use flow::TenantName;
use tokio::task::JoinSet;

use super::said_by;
use crate::place::{Place, TestResult, parsed};
use crate::samples::new_slide;

fn url_of(place: &Place, tenant: &str) -> Result<PostgresUrl, Box<dyn std::error::Error>> {
    let Place::Postgres(url) = place else {
        unreachable!("it is on PostgreSQL")
    };
    Ok(parsed(url).of_tenant(&tenant.parse::<TenantName>()?))
}

#[tokio::test]
async fn each_tenant_has_tables_of_its_own() -> TestResult {
    let place = Place::postgres()?;
    let north = Catalog::connect(&url_of(&place, "north")?).await?;
    let south = Catalog::connect(&url_of(&place, "south-2")?).await?;
    let slide = new_slide(1);
    north.register(slide.clone()).await?;
    assert!(north.slide(slide.id).await?.is_some());
    assert!(south.slide(slide.id).await?.is_none());
    let before = north.revision().await?;
    south.register(slide.clone()).await?;
    assert_eq!(north.revision().await?, before);
    // Nor are they nobody's, who sees neither.
    let alone = place.open().await?;
    assert!(alone.slide(slide.id).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn processes_that_begin_a_tenant_at_once_share_it() -> TestResult {
    let place = Place::postgres()?;
    let mut opening = JoinSet::new();
    for _ in 0..6 {
        let url = url_of(&place, "north")?;
        opening.spawn(async move { Catalog::connect(&url).await });
    }
    let opened: Result<Vec<_>, _> = opening.join_all().await.into_iter().collect();
    let opened = opened?;
    let slide = new_slide(1);
    opened[0].register(slide.clone()).await?;
    for catalog in opened {
        assert!(catalog.slide(slide.id).await?.is_some());
    }
    Ok(())
}

#[tokio::test]
async fn a_tenant_that_is_not_there_is_made_only_where_it_is_served() -> TestResult {
    let place = Place::postgres()?;
    let url = url_of(&place, "nroth")?;
    for _ in 0..2 {
        let refused = Catalog::connect_known(&url).await.map(|_| ());
        let error = refused.expect_err("nobody made it");
        assert!(matches!(error, CatalogError::NoSchema { .. }), "{error}");
        assert!(said_by(&error).contains("tenant_nroth"));
    }
    Catalog::connect(&url).await?;
    Catalog::connect_known(&url).await?;
    Ok(())
}

#[tokio::test]
async fn a_user_who_may_make_no_schema_is_told_so_and_uses_one_that_is_there() -> TestResult {
    let place = Place::postgres()?;
    place
        .execute(
            "CREATE ROLE tenants LOGIN PASSWORD 'tenants-secret';
             CREATE SCHEMA tenant_south AUTHORIZATION tenants",
        )
        .await?;
    let Place::Postgres(url) = &place else {
        unreachable!("it is on PostgreSQL")
    };
    let url = url.replace("coverslip:postgres-secret@", "tenants:tenants-secret@");
    let place = Place::Postgres(url);
    let refused = Catalog::connect(&url_of(&place, "north")?)
        .await
        .map(|_| ());
    let error = refused.expect_err("it may not");
    assert!(matches!(error, CatalogError::Schema { .. }), "{error}");
    assert!(said_by(&error).contains("permission denied"));
    Catalog::connect(&url_of(&place, "south")?).await?;
    Ok(())
}
