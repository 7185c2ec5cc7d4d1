//! Tasks that are services, beside those whose heads are here.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use catalog::{Catalog, MeteredKind, TokenKind, TokenRow};
use chrono::{TimeDelta, Utc};
use coverslip_mil_worker::{run, score_slide};
use flow::{
    Abstention, DecisiveTiles, HeatmapLayer, ObjectKey, Prediction, Sha256Digest, SlideId,
    SlideStatus,
};
use mil::{AnyTask, ServiceTask, ServiceTaskFile};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{deps, stored_bag};

type Tested = Result<(), Box<dyn Error>>;

/// What a service answers beside the job and its model; a status in its place until `n_refused` are
/// through.
struct Service {
    answer: Value,
    n_refused: AtomicUsize,
    status: StatusCode,
    /// Where tokens are looked up.
    catalog: Catalog,
    /// The token that came, as it was known then.
    token: Mutex<Option<TokenRow>>,
}

impl Service {
    async fn start(self) -> Result<(SocketAddr, Arc<Self>), Box<dyn Error>> {
        let shared = Arc::new(self);
        let app = Router::new()
            .route("/v1/predict", post(predict))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok((address, shared))
    }

    fn answering(catalog: &Catalog, answer: Value) -> Self {
        Self {
            answer,
            n_refused: AtomicUsize::new(0),
            status: StatusCode::SERVICE_UNAVAILABLE,
            catalog: catalog.clone(),
            token: Mutex::default(),
        }
    }
}

async fn predict(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let left = service.n_refused.load(Ordering::SeqCst);
    if left > 0 {
        service.n_refused.store(left - 1, Ordering::SeqCst);
        return service.status.into_response();
    }
    let request = request(&body).expect("a request");
    if let Some(token) = request["pictures"]["token"].as_str() {
        let hash = Sha256Digest::of(token.as_bytes());
        let row = service.catalog.token_by_hash(&hash).await.ok().flatten();
        *service.token.lock().unwrap_or_else(PoisonError::into_inner) = row;
    }
    let mut answer = service.answer.clone();
    answer["job"] = request["job"].clone();
    answer["model"] = request["model"].clone();
    axum::Json(answer).into_response()
}

fn request(body: &[u8]) -> Option<Value> {
    let (_, metadata) = SafeTensors::read_metadata(body).ok()?;
    let text = metadata.metadata().as_ref()?.get("request")?;
    serde_json::from_str(text).ok()
}

fn task_at(address: SocketAddr, takes: &str) -> Result<AnyTask, Box<dyn Error>> {
    let json = json!({
        "id": "partner-tumour",
        "version": "2.1.0",
        "encoder": shipped::tasks()?[0].encoder(),
        "service": {
            "url": format!("http://{address}"),
            "takes": takes,
            "timeout_s": 5,
            "model": { "name": "partner", "version": "2.1.0+7" },
        },
        "answers": { "kind": "detection", "negative": "benign", "positive": "tumour" },
        "threshold": 0.5,
        "regulatory_status": "research_use_only",
        "intended_use": "a test",
    });
    let file = ServiceTaskFile::parse(&serde_json::to_vec(&json)?)?;
    Ok(ServiceTask::new(file)?.into())
}

/// The shipped task and a service, which is asked last.
fn both(service: AnyTask) -> Result<Vec<AnyTask>, Box<dyn Error>> {
    let here = shipped::tasks()?.into_iter().map(AnyTask::from);
    Ok([service].into_iter().chain(here).collect())
}

fn tumour(n_tiles: usize) -> Value {
    json!({
        "probabilities": { "benign": 0.2, "tumour": 0.8 },
        "attention": vec![1.0; n_tiles],
    })
}

#[tokio::test]
async fn a_services_answer_is_a_result_like_others() -> Tested {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let bag = stored_bag(&deps).await?;
    let (address, service) = Service::answering(&deps.catalog, tumour(7)).start().await?;
    let tasks = both(task_at(address, "tiles")?)?;
    let score = || score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    let results = score().await?;
    assert_eq!(results.len(), 2);
    let result = &results[1];
    assert_eq!(result.task.id.as_str(), "partner-tumour");
    assert_eq!((result.probability, &*result.call.label), (0.8, "tumour"));
    assert_eq!(result.head_precision, None);
    let evidence = result.evidence.as_ref().ok_or("evidence")?;
    assert_eq!(evidence.decisive, DecisiveTiles::NotTold);
    assert_eq!(evidence.layers.len(), 1);
    assert_eq!(evidence.layers[0].layer, HeatmapLayer::Attention);
    assert_eq!(result.top_tiles.len(), 7);
    assert_eq!(result.top_tiles[0].tile_probability, None);
    for (layer, is_there) in [(HeatmapLayer::Attention, true), (HeatmapLayer::Tile, false)] {
        let key = ObjectKey::Heatmap(bag.slide, result.name(), layer);
        assert_eq!(deps.store.exists(&key).await?, is_there);
    }

    // The token was good for that slide while the service worked, and no longer.
    let lent = service
        .token
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let lent = lent.ok_or("a token")?;
    assert_eq!((lent.kind, lent.slide), (TokenKind::Job, Some(bag.slide)));
    assert!(lent.roles.is_empty() && lent.expires_at.is_some());
    assert_eq!(deps.catalog.token_by_hash(&lent.hash).await?, None);

    // Done again it is the same result, asked for and counted once.
    service.n_refused.store(1, Ordering::SeqCst);
    assert_eq!(score().await?, results);
    assert_eq!(service.n_refused.load(Ordering::SeqCst), 1);
    let now = Utc::now();
    let counted = deps
        .catalog
        .metered_work(now - TimeDelta::days(1), now)
        .await?;
    let counted: Vec<_> = counted
        .iter()
        .map(|w| (w.kind, w.n_slides, w.n_tiles))
        .collect();
    assert_eq!(counted, [(MeteredKind::Scored, 1, 7); 2]);
    Ok(())
}

#[tokio::test]
async fn a_service_that_abstains_has_no_figures() -> Tested {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let bag = stored_bag(&deps).await?;
    let answer = json!({ "abstention": { "reason": "out of focus" } });
    let (address, _) = Service::answering(&deps.catalog, answer).start().await?;
    let tasks = [task_at(address, "bag")?];
    let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
    let abstention = scored.await?.remove(0).abstention.ok_or("an abstention")?;
    let words = "out of focus".to_owned();
    assert_eq!(abstention, Abstention::Declined { words });
    assert!(!abstention.leaves_figures());
    Ok(())
}

#[tokio::test]
async fn a_wrong_answer_takes_nothing_from_other_tasks_and_is_not_asked_for_again() -> Tested {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let bag = stored_bag(&deps).await?;
    let (address, _) = Service::answering(&deps.catalog, tumour(6)).start().await?;
    let tasks = both(task_at(address, "bag")?)?;
    for _ in 0..2 {
        let scored = score_slide(&deps, bag.slide, bag.encoder.hash, &tasks, Arc::new(|_| {}));
        let results = scored.await?;
        assert_eq!(results.len(), 1);
        assert_eq!(results[0].task.id.as_str(), "phantom-tumour");
    }
    let row = deps.catalog.slide(bag.slide).await?.ok_or("a row")?;
    assert_eq!(row.status, SlideStatus::Scored);
    let failures = deps.catalog.task_failures(bag.slide).await?;
    assert_eq!(failures.len(), 1);
    let failure = &failures[0];
    let words = "`attention` has 6 values for 7 tiles";
    assert!(failure.reason.ends_with(words), "{}", failure.reason);
    assert_eq!((failure.n_attempts, failure.again_at), (1, None));
    Ok(())
}

/// The result of the service, once it is there.
async fn result(catalog: &Catalog, slide: SlideId) -> Result<Prediction, Box<dyn Error>> {
    for _ in 0..600 {
        let results = catalog.predictions(slide).await?.into_iter();
        let mut mine = results.filter(|result| result.task.id.as_str() == "partner-tumour");
        if let Some(result) = mine.next() {
            return Ok(result);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the service was not asked again".into())
}

#[tokio::test]
async fn a_service_that_was_away_is_asked_again() -> Tested {
    let folder = tempfile::tempdir()?;
    let deps = deps(folder.path()).await?;
    let bag = stored_bag(&deps).await?;
    let service = Service::answering(&deps.catalog, tumour(7));
    service.n_refused.store(1, Ordering::SeqCst);
    let (address, _) = service.start().await?;
    let tasks = both(task_at(address, "bag")?)?;
    let (_changed, current) = watch::channel(Arc::from(tasks));
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(run(current, deps.clone(), shutdown.clone()));
    let result = result(&deps.catalog, bag.slide).await?;
    assert_eq!(result.probability, 0.8);
    for _ in 0..100 {
        if deps.catalog.task_failures(bag.slide).await?.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(deps.catalog.task_failures(bag.slide).await?, []);
    shutdown.cancel();
    running.await?;
    Ok(())
}
