//! Whether a service keeps to the contract, for whoever writes one.

use bytes::Bytes;
use flow::{
    BagHeader, DeviceKind, FlowError, Instance, Mpp, PixelSize, Precision, Sha256Digest, SlideId,
};
use mil::{ServiceAnswer, ServiceTask, Takes};

use crate::ask::status;
use crate::body::body;
use crate::{Job, Pictures, SlideScale, TaskServices};

/// Bags that are sent: the smallest there is, a small one, and one of several hundred tiles.
const BAGS: [usize; 3] = [1, 7, 300];
/// How far two answers to the same job may be apart.
const SAME: f64 = 1e-5;
const TILE_UM: f64 = 112.0;
const MPP: f64 = 0.5;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: String,
    /// What is wrong, in words.
    pub problem: Option<String>,
}

impl Finding {
    fn of(what: impl Into<String>, checked: Result<(), String>) -> Self {
        Self {
            what: what.into(),
            problem: checked.err(),
        }
    }
}

/// A slide whose tiles a service may look at while it is checked.
#[derive(Clone, Debug)]
pub struct LentSlide {
    pub slide: SlideId,
    /// 2,016 micrometres a side and more: the largest bag reaches so far.
    pub scale: SlideScale,
    /// For the whole check.
    pub pictures: Pictures,
}

/// Asks a task's service as Coverslip would, with made-up bags, and says what is wrong with its answers.
/// Of a service that takes tiles these lie on the slide that it is `lent`; without one, the description
/// alone is looked at.
pub async fn conformance(
    services: &TaskServices,
    task: &ServiceTask,
    lent: Option<&LentSlide>,
) -> Result<Vec<Finding>, FlowError> {
    let description = match services.description(task).await {
        Ok(description) => description,
        Err(error) => return Ok(vec![Finding::of("its description", Err(error.in_words()))]),
    };
    let faults = description.faults(task);
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let checked = match words.is_empty() {
        true => Ok(()),
        false => Err(words.join("; ")),
    };
    let mut findings = vec![Finding::of("its description", checked)];
    let dimension = match (task.file().service.takes, lent) {
        (Takes::Bag, _) => description.dimension.filter(|n| *n > 0),
        // Nothing is sent of what an encoder made of them.
        (Takes::Tiles, Some(_)) => Some(0),
        (Takes::Tiles, None) => None,
    };
    if let Some(dimension) = dimension {
        let mpp = Mpp::new(MPP)?;
        let shape = Shape {
            dimension,
            mpp,
            lent,
        };
        findings.extend(of_bags(services, task, shape).await);
    }
    Ok(findings)
}

/// Of a made-up bag.
#[derive(Clone, Copy)]
struct Shape<'a> {
    dimension: u32,
    mpp: Mpp,
    lent: Option<&'a LentSlide>,
}

async fn of_bags(services: &TaskServices, task: &ServiceTask, shape: Shape<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for n in BAGS {
        let bag = MadeUp::of(task, n, shape);
        let answered = bag.answered(services, task).await;
        let checked = answered.as_ref().map(drop).map_err(Clone::clone);
        findings.push(Finding::of(format!("a bag of {n}"), checked));
        if let (7, Ok(answer)) = (n, answered) {
            let again = bag.answered(services, task).await;
            let checked = again.and_then(|again| same(&answer, &again));
            findings.push(Finding::of("the same job again", checked));
        }
    }
    let bag = MadeUp::of(task, 7, shape);
    findings.push(Finding::of(
        "a body that breaks off",
        bag.refused_when_torn(services, task).await,
    ));
    findings
}

/// A bag of no slide, or with tiles of the one that is lent: values that look like embeddings, the same
/// each time.
struct MadeUp<'a> {
    header: BagHeader,
    lent: Option<&'a LentSlide>,
    instances: Vec<Instance>,
    embeddings: Vec<f32>,
}

impl<'a> MadeUp<'a> {
    fn of(task: &ServiceTask, n: usize, shape: Shape<'a>) -> Self {
        let Shape {
            dimension,
            mpp,
            lent,
        } = shape;
        let name = format!("a conformance run with {n} tiles");
        let digest = Sha256Digest::of(name.as_bytes());
        let columns = n.isqrt().max(1);
        let at = |at: usize| Instance {
            x_um: (at % columns) as f64 * TILE_UM,
            y_um: (at / columns) as f64 * TILE_UM,
        };
        Self {
            header: BagHeader {
                slide: lent.map_or_else(|| SlideId::from_digest(&digest), |lent| lent.slide),
                pyramid: digest,
                encoder: task.file().encoder.clone(),
                precision: Precision::F32,
                device: DeviceKind::Cpu,
                dimension,
                mpp,
                untrained_mpp: None,
                encoder_terms: None,
                tile_um: TILE_UM,
                columns: columns as u32,
                rows: n.div_ceil(columns) as u32,
                n_instances: n as u64,
                chunks: Vec::new(),
            },
            lent,
            instances: (0..n).map(at).collect(),
            embeddings: values(n * dimension as usize),
        }
    }

    fn job<'b>(&'b self, task: &'b ServiceTask) -> Job<'b> {
        Job {
            task,
            bag: &self.header,
            scale: self.lent.map_or_else(|| self.scale(), |lent| lent.scale),
            instances: &self.instances,
            embeddings: &self.embeddings,
            pictures: self.lent.map(|lent| &lent.pictures),
        }
    }

    /// Of a slide that its tiles just cover.
    fn scale(&self) -> SlideScale {
        let side = |tiles: u32| (f64::from(tiles) * TILE_UM / MPP) as u32;
        SlideScale {
            size: PixelSize::new(side(self.header.columns), side(self.header.rows)),
            mpp: self.header.mpp,
        }
    }

    /// Checked as any answer is.
    async fn answered(
        &self,
        services: &TaskServices,
        task: &ServiceTask,
    ) -> Result<ServiceAnswer, String> {
        let job = self.job(task);
        let body = body(&job).map_err(|error| error.in_words())?;
        let answer = services.ask_for(&job, body.into()).await;
        let answer = answer.map_err(|error| error.in_words())?;
        task.scores(&job.id(), &answer, self.instances.len())
            .map_err(|fault| fault.to_string())?;
        Ok(answer)
    }

    async fn refused_when_torn(
        &self,
        services: &TaskServices,
        task: &ServiceTask,
    ) -> Result<(), String> {
        let job = self.job(task);
        let mut body = body(&job).map_err(|error| error.in_words())?;
        body.truncate(body.len() - 5);
        let asking = services.asking(&job, Bytes::from(body)).await;
        let (target, request) = asking.map_err(|error| error.in_words())?;
        let seconds = task.file().service.timeout_s;
        let status = status(services.client(), &target, request, seconds).await;
        let status = status.map_err(|error| error.in_words())?;
        match status.is_client_error() {
            true => Ok(()),
            false => Err(format!(
                "was answered {status}: refuse what cannot be read with 400 or 422, for a 5xx is asked \
                 again"
            )),
        }
    }
}

/// Between -1 and 1, by a linear congruential generator (Knuth's MMIX).
fn values(n: usize) -> Vec<f32> {
    let next = |state: &mut u64| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Some((*state >> 40) as f32 / f32::from(u16::MAX) / 128.0 - 1.0)
    };
    let mut state = 7;
    std::iter::from_fn(|| next(&mut state)).take(n).collect()
}

fn same(one: &ServiceAnswer, other: &ServiceAnswer) -> Result<(), String> {
    let figures = |answer: &ServiceAnswer| -> Vec<f64> {
        let by_name = answer.probabilities.iter().flat_map(|all| all.values());
        by_name.copied().collect()
    };
    let (one, other) = (figures(one), figures(other));
    let close =
        one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| (a - b).abs() <= SAME);
    match close {
        true => Ok(()),
        false => Err("is answered otherwise: the same job must have the same answer".to_owned()),
    }
}
