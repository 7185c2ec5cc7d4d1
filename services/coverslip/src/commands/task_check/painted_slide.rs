use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::Response;
use chrono::{TimeDelta, Utc};
use flow::{Mpp, PixelSize, SlideId};
use http::{AccessControl, FrontDoor, Loan};
use ingest::Deidentify;
use mil::ServiceTask;
use phantom::{Grade, PhantomScanner, PhantomSpec, PyramidStep, StainChoice};
use task_service::{LentSlide, Pictures, SlideScale, TaskServices};
use tempfile::TempDir;
use tiles::TilesState;
use tokio::task::spawn_blocking;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::installation::Installation;
use crate::listening::Listening;
use crate::path::{Received, receive, tile};

/// Of the slide, in pixels of a micrometre: what the largest bag of a check needs.
const SIDE: u32 = 2_048;
const MPP: f64 = 1.0;
/// Requests of a check, each of which may take as long as the task lets it.
const REQUESTS: i64 = 6;

/// A slide of an installation of its own, whose tiles are served until this is dropped.
pub(super) struct PaintedSlide {
    pub(super) lent: LentSlide,
    n_fetched: Arc<AtomicU64>,
    _serving: DropGuard,
    _folder: TempDir,
}

impl PaintedSlide {
    pub(super) async fn serve(
        listening: Listening,
        services: &TaskServices,
        task: &ServiceTask,
    ) -> Result<Self> {
        let folder = tempfile::tempdir().context("there is no room for a slide")?;
        let installation = Installation::open(&folder.path().join("data")).await?;
        let slide = painted(&installation, folder.path()).await?;
        let n_fetched = Arc::new(AtomicU64::new(0));
        let shutdown = CancellationToken::new();
        serve(listening, &installation, Arc::clone(&n_fetched), &shutdown);
        let scale = SlideScale {
            size: PixelSize::new(SIDE, SIDE),
            mpp: Mpp::new(MPP)?,
        };
        let pictures = pictures(&installation, services, task, slide).await?;
        Ok(Self {
            lent: LentSlide {
                slide,
                scale,
                pictures,
            },
            n_fetched,
            _serving: shutdown.drop_guard(),
            _folder: folder,
        })
    }

    /// Pictures that the service was given so far.
    pub(super) fn n_fetched(&self) -> u64 {
        self.n_fetched.load(Ordering::Relaxed)
    }
}

async fn painted(installation: &Installation, folder: &Path) -> Result<SlideId> {
    let spec = PhantomSpec {
        size: SIDE,
        mpp: Mpp::new(MPP)?,
        tumour_fraction: 0.2,
        grade: Grade::LOWEST,
        seed: 7,
        jpeg_quality: 85,
        pyramid: PyramidStep::Two,
        stain: StainChoice::FromSeed,
        label: None,
        scanner: PhantomScanner::default(),
    };
    let file = folder.join("painted.tiff");
    let out = file.clone();
    let painting = spawn_blocking(move || phantom::write_slide(&spec, &out, &|_| ()));
    painting.await?.context("cannot paint a slide")?;
    let quiet = || Arc::new(|_| ());
    match receive(installation, &file, None, Deidentify::No, quiet()).await? {
        Received::Slide(slide) => {
            tile(installation, slide, quiet()).await?;
            Ok(slide)
        }
        Received::Refused(why) => bail!("the painted slide is refused: {why}"),
    }
}

/// As an installation does: who has no token for a tile is not given it.
fn serve(
    listening: Listening,
    installation: &Installation,
    n_fetched: Arc<AtomicU64>,
    shutdown: &CancellationToken,
) {
    let Installation { store, catalog, .. } = installation.clone();
    let counting = middleware::from_fn(move |request: Request, next: Next| {
        let n_fetched = Arc::clone(&n_fetched);
        async move {
            let answer = next.run(request).await;
            if is_picture(&answer) {
                n_fetched.fetch_add(1, Ordering::Relaxed);
            }
            answer
        }
    });
    let router = tiles::router(TilesState::new(store, catalog.clone())).layer(counting);
    let access = AccessControl::behind(FrontDoor::default(), catalog, None);
    let answers = http::protect(router, access);
    tokio::spawn(listening.serve(answers, shutdown.clone()));
}

fn is_picture(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_image = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"image/"));
    is_image && answer.status().is_success()
}

async fn pictures(
    installation: &Installation,
    services: &TaskServices,
    task: &ServiceTask,
    slide: SlideId,
) -> Result<Pictures> {
    let life = i64::from(task.file().service.timeout_s) * REQUESTS;
    let until = Utc::now() + TimeDelta::seconds(life);
    let loan = Loan {
        tenant: None,
        slide,
        actor: "task check",
        name: "the service that is checked",
        until,
    };
    let token = http::lend_slide(&installation.catalog, loan).await?;
    Ok(Pictures {
        iiif: services.pictures_of(slide)?,
        token: token.reveal().to_owned(),
        expires_at: until,
    })
}
