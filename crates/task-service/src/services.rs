use std::sync::Arc;

use bytes::Bytes;
use egress::{Client, Egress, Target};
use flow::SlideId;
use http_body_util::Full;
use hyper::{Method, Request, header};
use mil::{ServiceAnswer, ServiceTask};
use tokio::time::Instant;

use crate::ask::{Limits, ask};
use crate::body::body;
use crate::patience::Patience;
use crate::{Description, Job, ServiceError, ServiceKeys};

const USER_AGENT: &str = concat!("coverslip/", env!("CARGO_PKG_VERSION"));
pub(crate) const SAFETENSORS: &str = "application/x-safetensors";
/// Of a description: it computes nothing.
const DESCRIPTION: Limits = Limits {
    seconds: 10,
    bytes: 64 * 1024,
};
/// Of an answer: this, and two numbers a tile however they are written.
const ANSWER_BYTES: usize = 64 * 1024;
const BYTES_A_TILE: usize = 2 * 32;

/// How services are reached.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
    pub egress: Egress,
    pub keys: ServiceKeys,
    /// Where services find this installation's tiles, as `https://slides.example`; tasks that take tiles
    /// fail without it.
    pub pictures: Option<String>,
}

/// Asks services. Clones are cheap, and share which of them failed a moment ago.
#[derive(Clone, Debug)]
pub struct TaskServices {
    config: ServiceConfig,
    client: Client,
    patience: Arc<Patience>,
}

impl TaskServices {
    pub fn new(config: ServiceConfig) -> Result<Self, ServiceError> {
        Ok(Self {
            client: Client::new(&config.egress)?,
            config,
            patience: Arc::default(),
        })
    }

    /// What the task's service says of itself, unchecked.
    pub async fn description(&self, task: &ServiceTask) -> Result<Description, ServiceError> {
        let target = self.target(task, "description")?;
        let request = self.request(task, Method::GET, &target).await?;
        let request = with_body(request, Bytes::new())?;
        ask(&self.client, &target, request, DESCRIPTION).await
    }

    /// # Errors
    /// If the service failed a moment ago, and is not asked for a while.
    pub fn ready(&self, task: &ServiceTask) -> Result<(), ServiceError> {
        match self.patience.left(task.reference().hash) {
            Some(left) => Err(ServiceError::Paused {
                seconds: left.as_secs() + 1,
            }),
            None => Ok(()),
        }
    }

    /// What the service answers to a job; whether that can be is for the task to say.
    ///
    /// # Errors
    /// At once, and without asking, where the service failed a moment ago.
    pub async fn predict(&self, job: &Job<'_>) -> Result<ServiceAnswer, ServiceError> {
        self.ready(job.task)?;
        let task = job.task.reference().hash;
        let began = Instant::now();
        let answered = self.ask_for(job, body(job)?.into()).await;
        match &answered {
            Err(error) if error.is_passing() => self.patience.failed(task, began.elapsed()),
            _ => self.patience.answered(task),
        }
        answered
    }

    pub(crate) async fn ask_for(
        &self,
        job: &Job<'_>,
        body: Bytes,
    ) -> Result<ServiceAnswer, ServiceError> {
        let (target, request) = self.asking(job, body).await?;
        let limits = Limits {
            seconds: job.task.file().service.timeout_s,
            bytes: ANSWER_BYTES + BYTES_A_TILE * job.instances.len(),
        };
        ask(&self.client, &target, request, limits).await
    }

    pub(crate) async fn asking(
        &self,
        job: &Job<'_>,
        body: Bytes,
    ) -> Result<(Target, Request<Full<Bytes>>), ServiceError> {
        let target = self.target(job.task, "predict")?;
        let request = self.request(job.task, Method::POST, &target).await?;
        let request = request
            .header(header::CONTENT_TYPE, SAFETENSORS)
            .header("idempotency-key", job.id());
        Ok((target, with_body(request, body)?))
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Where a service finds the pictures of a slide.
    ///
    /// # Errors
    /// If it was not said how services reach this installation.
    pub fn pictures_of(&self, slide: SlideId) -> Result<String, ServiceError> {
        let base = self.config.pictures.as_deref();
        let base = base.ok_or(ServiceError::NoPictures)?;
        Ok(format!("{}/iiif/3/{slide}", base.trim_end_matches('/')))
    }

    fn target(&self, task: &ServiceTask, what: &str) -> Result<Target, ServiceError> {
        let base = task.file().service.url.trim_end_matches('/');
        Ok(Target::parse(
            &format!("{base}/v1/{what}"),
            &self.config.egress,
        )?)
    }

    async fn request(
        &self,
        task: &ServiceTask,
        method: Method,
        target: &Target,
    ) -> Result<hyper::http::request::Builder, ServiceError> {
        let request = Request::builder()
            .method(method)
            .uri(target.uri())
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, USER_AGENT);
        Ok(match self.config.keys.bearer(&task.file().id).await? {
            Some(bearer) => request.header(header::AUTHORIZATION, bearer),
            None => request,
        })
    }
}

fn with_body(
    request: hyper::http::request::Builder,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, ServiceError> {
    // The address was one when it became a target.
    let request = request.body(Full::new(body));
    request.or(Err(ServiceError::Url(egress::TargetError::NoUrl)))
}
