use std::time::{Duration, Instant};

use coverslip_catalog::{Catalog, CatalogError, Registered};
use flow::SlideId;
use servers::PostgresServer;
use tokio::time::sleep;

use super::said_by;
use crate::place::{TestResult, parsed};
use crate::samples::{id, new_slide};

#[tokio::test]
async fn calls_fail_clearly_while_it_is_away_and_go_on_once_it_is_back() -> TestResult {
    let mut server = PostgresServer::start()?;
    let catalog = Catalog::connect(&parsed(&server.url())).await?;
    catalog.register(new_slide(1)).await?;
    for n in 2..4 {
        server.kill()?;
        let began = Instant::now();
        let error = catalog
            .register(new_slide(n))
            .await
            .expect_err("it is gone");
        assert!(matches!(error, CatalogError::Away { .. }), "{error:?}");
        let said = said_by(&error);
        assert!(said.contains("cannot register a slide"), "{said}");
        assert!(said.contains(&format!("postgres://127.0.0.1:{}", server.port())));
        assert!(said.contains("see that PostgreSQL runs there"), "{said}");
        assert!(catalog.revision().await.is_err());
        assert!(began.elapsed() < Duration::from_secs(20));

        server.restart()?;
        assert_eq!(catalog.register(new_slide(n)).await?, Registered::New);
        assert_eq!(catalog.register(new_slide(n - 1)).await?, Registered::Known);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_outlives_restarts_in_the_middle_of_use() -> TestResult {
    let mut server = PostgresServer::start()?;
    let url = parsed(&server.url());
    let mut writers = Vec::new();
    for writer in 0..3 {
        let catalog = Catalog::connect(&url).await?;
        writers.push(tokio::spawn(register_every(writer, catalog)));
    }
    for _ in 0..2 {
        sleep(Duration::from_millis(700)).await;
        server.kill()?;
        server.restart()?;
    }
    let mut n_failed = 0;
    let mut acknowledged = Vec::new();
    for writer in writers {
        let (slides, failed) = writer.await?.map_err(|error| error.to_string())?;
        acknowledged.extend(slides);
        n_failed += failed;
    }
    assert_eq!(acknowledged.len(), 240);
    assert!(n_failed < 100, "{n_failed} calls failed");
    let catalog = Catalog::connect(&url).await?;
    for slide in acknowledged {
        catalog.known_slide(slide).await?;
    }
    Ok(())
}

/// Every third of 240 slides, again and again until it is acknowledged; and how often it was not.
async fn register_every(writer: u8, catalog: Catalog) -> Result<(Vec<SlideId>, u32), CatalogError> {
    let (mut acknowledged, mut n_failed) = (Vec::new(), 0);
    for n in (writer..240).step_by(3) {
        sleep(Duration::from_millis(20)).await;
        loop {
            match catalog.register(new_slide(n)).await {
                Ok(_) => break acknowledged.push(id(n)),
                Err(CatalogError::Away { .. }) => n_failed += 1,
                Err(other) => return Err(other),
            }
        }
    }
    Ok((acknowledged, n_failed))
}
