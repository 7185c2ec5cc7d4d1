//! How tasks that are services are reached.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use egress::{Egress, IpNet};
use task_service::{ServiceConfig, ServiceKeys, TaskServices};
use url::Url;

#[derive(Clone, Debug, Args)]
pub(crate) struct TaskServiceArgs {
    /// Networks of your own that services of tasks may lie in, as 10.20.0.0/16, with TLS or without;
    /// several after commas. All others must be on the public internet and have TLS.
    #[arg(
        long,
        env = "COVERSLIP_TASK_SERVICE_ALLOW",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    task_service_allow: Vec<IpNet>,
    /// A folder with the keys of services: one file a task, named by the task's id, whose text is sent
    /// as a bearer token.
    #[arg(long, env = "COVERSLIP_TASK_SERVICE_KEYS", value_name = "DIR")]
    task_service_keys: Option<PathBuf>,
    /// Where services find this installation's tiles, as https://slides.example, for tasks that take
    /// tiles.
    #[arg(long, env = "COVERSLIP_TASK_SERVICE_PICTURES", value_name = "URL")]
    task_service_pictures: Option<Url>,
}

impl TaskServiceArgs {
    pub(crate) fn services(&self) -> Result<TaskServices> {
        self.with_pictures_at(self.task_service_pictures.as_ref().map(Url::to_string))
    }

    /// For services that find tiles at `address`, unless another one was given.
    pub(crate) fn services_at(&self, address: SocketAddr) -> Result<TaskServices> {
        let given = self.task_service_pictures.as_ref().map(Url::to_string);
        let pictures = given.unwrap_or_else(|| format!("http://{address}"));
        self.with_pictures_at(Some(pictures))
    }

    fn with_pictures_at(&self, pictures: Option<String>) -> Result<TaskServices> {
        let networks = self.task_service_allow.iter().copied();
        let keys = self.task_service_keys.clone();
        let config = ServiceConfig {
            egress: Egress::allowing("--task-service-allow", networks),
            keys: keys.map_or_else(ServiceKeys::none, ServiceKeys::in_folder),
            pictures,
        };
        TaskServices::new(config).context("tasks that are services cannot be asked")
    }
}
