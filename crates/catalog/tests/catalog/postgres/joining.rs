use std::net::TcpListener;

use coverslip_catalog::CatalogError;

use super::refused;
use crate::place::{Place, TestResult};

#[tokio::test]
async fn who_may_not_join_is_told_what_to_do() -> TestResult {
    let Place::Postgres(url) = Place::postgres()? else {
        unreachable!("it is on PostgreSQL")
    };
    let (head, database) = url.rsplit_once('/').ok_or("a URL has a path")?;
    let cases = [
        (format!("{head}/nowhere"), "make the database"),
        (
            url.replace("-secret@", "-wrong-secret@"),
            "user and password",
        ),
        (url.replace("coverslip:", "nobody:"), "user and password"),
        (format!("{url}?sslmode=require"), "TLS"),
        (
            format!("postgres://a:secret@127.0.0.1:1/{database}"),
            "runs there",
        ),
    ];
    for (url, remedy) in cases {
        let (error, said) = refused(&url).await;
        assert!(matches!(error, CatalogError::Connect { .. }), "{said}");
        assert!(said.contains(remedy), "{said}");
        assert!(said.contains("postgres://127.0.0.1"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() -> TestResult {
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let port = silent.local_addr()?.port();
    let (error, said) = refused(&format!("postgres://a:secret@127.0.0.1:{port}/slides")).await;
    assert!(matches!(error, CatalogError::Connect { .. }), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_user_who_may_not_make_tables_is_told_so() -> TestResult {
    let place = Place::postgres()?;
    place
        .execute(
            "CREATE ROLE visitor LOGIN PASSWORD 'visitor-secret';
             REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
        .await?;
    let Place::Postgres(url) = place else {
        unreachable!("it is on PostgreSQL")
    };
    let url = url.replace("coverslip:postgres-secret@", "visitor:visitor-secret@");
    let (error, said) = refused(&url).await;
    assert!(matches!(error, CatalogError::Tables(_)), "{said}");
    assert!(said.contains("permission denied"), "{said}");
    Ok(())
}
