//! The checks of the IIIF community, run against the routes over a real socket.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog::Catalog;
use coverslip_tiles::TilesState;
use flow::PixelSize;
use store::Store;
use tokio::net::TcpListener;

use crate::lab::TestResult;
use crate::painted::{Painted, Shape};
use crate::png_pixels::Rgba;

/// A Python environment with `iiif-validator-ng`; the test is skipped without.
const ENVIRONMENT: &str = "COVERSLIP_IIIF_VALIDATOR";

/// Checks that we fail on purpose.
const DIFFERENT: [(&str, &str); 3] = [
    (
        "http_cors",
        "other sites' pages have no business with slides",
    ),
    (
        "size_noup",
        "it wants an error for !w,h around the image; section 4.2 wants the image as it is",
    ),
    (
        "size_up",
        "it wants ^max to keep the size; section 4.2 wants it enlarged up to maxWidth",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_validator_finds_only_what_we_do_on_purpose() -> TestResult {
    let Some(environment) = validator() else {
        eprintln!("skipped: {ENVIRONMENT} names no Python environment with iiif-validator-ng");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let store = Store::local(&folder.path().join("objects"))?;
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
    let painted = store_reference(&store, &environment).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/iiif/3", listener.local_addr()?);
    let router = coverslip_tiles::router(TilesState::new(store, catalog));
    let server = tokio::spawn(async { axum::serve(listener, router).await });
    let slide = painted.slide.to_string();
    let report = tokio::task::spawn_blocking(move || {
        Command::new(environment.join("bin/iiif-validator"))
            .args([&base, "--validation-id", &slide])
            .env("COLUMNS", "1000")
            .output()
    });
    let report = String::from_utf8(report.await??.stdout)?;
    server.abort();
    assert!(report.contains("LEVEL_2"), "{report}");
    let failed = report.lines().filter(|line| line.starts_with('\u{2717}'));
    let unexpected: Vec<&str> = failed.filter(|line| !is_on_purpose(line)).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    eprintln!("{report}");
    Ok(())
}

fn is_on_purpose(line: &str) -> bool {
    DIFFERENT
        .iter()
        .any(|(check, _why)| line.contains(&format!("[{check}]")))
}

fn validator() -> Option<PathBuf> {
    let environment = PathBuf::from(env::var_os(ENVIRONMENT)?);
    environment
        .join("bin/iiif-validator")
        .exists()
        .then_some(environment)
}

/// The validator's own picture, as a slide.
async fn store_reference(store: &Store, environment: &Path) -> Result<Painted, Box<dyn Error>> {
    let found = Command::new(environment.join("bin/python"))
        .args(["-c", "import iiif_validator as v; print(v.__path__[0])"])
        .output()?;
    let package = PathBuf::from(String::from_utf8(found.stdout)?.trim());
    let picture = Rgba::read(&fs::read(package.join("validation_image.png"))?)?.rgb();
    let shape = Shape {
        size: picture.size,
        tile: PixelSize::new(256, 256),
        short_by: 0,
    };
    Painted::store_picture(store, picture, shape).await
}
