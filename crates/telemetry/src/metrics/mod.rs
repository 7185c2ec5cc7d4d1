//! Every metric there is. Labels take few values, and none says anything about a slide or a
//! patient.

mod dependencies;
mod embedding;
mod hl7;
mod metered;
mod models;
mod process;
mod resumable;
mod stages;
mod storage;
mod task_services;
mod tiles;
mod topics;
mod uploads;
mod webhooks;

use std::thread;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::TelemetryError;

pub use dependencies::dependency_seen;
pub use embedding::{BatchWork, batch_done, embed_devices, tiles_embedded};
pub use hl7::{
    Hl7Closed, Hl7OrdersOutcome, Hl7ResultsOutcome, hl7_connection_closed, hl7_orders_answered,
    hl7_orders_are_taken, hl7_results_are_sent, hl7_results_attempted,
};
pub use metered::work_metered;
pub use models::{model_alerts_open, models_looked_at};
pub use resumable::{
    ResumableOutcome, resumable_bytes_kept, resumable_request_cut, resumable_uploads,
};
pub use stages::{ErrorKind, record_stage, slide_reached, step_failed};
pub use storage::{StorageKind, StorageMeter, StorageOperation};
pub use task_services::{ServiceOutcome, service_asked};
pub use tiles::{TileMaking, TilePath, tiles_made, tiles_served};
pub use topics::{TopicLevels, topic_seen, topic_unknown};
pub use uploads::{UploadOutcome, upload_bytes, upload_ended};
pub use webhooks::{WebhookOutcome, webhook_attempted, webhooks_are_delivered};

/// Time between two tidyings.
const UPKEEP: Duration = Duration::from_secs(5);

/// All metrics of this process, to be shown at `/metrics`. Clones are cheap.
#[derive(Clone)]
pub struct Metrics {
    prometheus: PrometheusHandle,
}

impl Metrics {
    pub(crate) fn install() -> Result<Self, TelemetryError> {
        let mut builder = PrometheusBuilder::new();
        for (name, buckets) in [
            (stages::SECONDS, stages::BUCKETS),
            (embedding::SECONDS, embedding::BUCKETS),
            (storage::SECONDS, storage::BUCKETS),
        ] {
            let name = Matcher::Full(name.to_owned());
            builder = builder.set_buckets_for_metric(name, buckets)?;
        }
        let prometheus = builder.install_recorder()?;
        for describe in [
            dependencies::describe,
            embedding::describe,
            hl7::describe,
            metered::describe,
            models::describe,
            process::describe,
            resumable::describe,
            stages::describe,
            storage::describe,
            task_services::describe,
            tiles::describe,
            topics::describe,
            uploads::describe,
            webhooks::describe,
        ] {
            describe();
        }
        start_upkeep(prometheus.clone())?;
        Ok(Self { prometheus })
    }

    /// In Prometheus' text format, version 0.0.4.
    pub fn render(&self) -> String {
        process::look();
        self.prometheus.render()
    }
}

/// Until it is tidied up, each measured second takes up memory, also where nobody ever asks for the
/// metrics.
fn start_upkeep(prometheus: PrometheusHandle) -> Result<(), TelemetryError> {
    let tidy = move || {
        loop {
            thread::sleep(UPKEEP);
            prometheus.run_upkeep();
        }
    };
    let thread = thread::Builder::new().name("metrics".to_owned());
    thread.spawn(tidy).map_err(TelemetryError::Upkeep)?;
    Ok(())
}
