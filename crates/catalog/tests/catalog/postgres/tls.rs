use coverslip_catalog::{Catalog, CatalogError};
use servers::PostgresServer;
use sqlx::{Connection, PgConnection};

use super::refused;
use crate::place::{TestResult, parsed};

#[tokio::test]
async fn the_mode_in_the_url_is_honoured() -> TestResult {
    let server = PostgresServer::start_with_tls()?;
    let certificate = server.certificate();
    let known = format!("sslrootcert={}", certificate.display());
    for (mode, is_encrypted) in [
        ("sslmode=disable".to_owned(), false),
        ("sslmode=prefer".to_owned(), true),
        ("sslmode=require".to_owned(), true),
        (format!("sslmode=verify-full&{known}"), true),
    ] {
        let url = parsed(&format!("{}?{mode}", server.url()));
        let catalog = Catalog::connect(&url).await?;
        catalog.revision().await?;
        assert_eq!(ours_are_encrypted(&server).await?, is_encrypted, "{mode}");
    }

    let strange = format!("{}?sslmode=verify-full", server.url());
    let (error, said) = refused(&strange).await;
    assert!(matches!(error, CatalogError::Connect { .. }), "{said}");
    assert!(said.contains("sslrootcert"), "{said}");
    Ok(())
}

/// As the server sees the newest connection of a catalog.
async fn ours_are_encrypted(server: &PostgresServer) -> Result<bool, sqlx::Error> {
    let mut connection = PgConnection::connect(&server.url()).await?;
    sqlx::query_scalar(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
         WHERE application_name = 'coverslip' ORDER BY backend_start DESC LIMIT 1",
    )
    .fetch_one(&mut connection)
    .await
}
