//! `coverslip task check`: whether a task can score, and whether its service keeps to the contract.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mil::{AnyTask, ServiceTask};
use task_service::{Finding, conformance};

use super::block_on;
use crate::exit::Outcome;
use crate::task_service_args::TaskServiceArgs;
use crate::{print, task_folder};

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// A folder with a `task.json`, and weights unless it is a service.
    folder: PathBuf,
    #[command(flatten)]
    services: TaskServiceArgs,
}

impl Check {
    /// A task that cannot score, or whose service does not keep to the contract, is refused.
    pub(crate) fn run(self) -> Result<Outcome> {
        match task_folder::read(&self.folder)? {
            AnyTask::Heads(task) => {
                let n = task.file().heads.len();
                let heads = if n == 1 { "head is" } else { "heads are" };
                print::line(&format!("ok     {n} {heads} whole and fit the task"))?;
                Ok(Outcome::Done)
            }
            AnyTask::Service(task) => block_on(self.ask(&task)),
        }
    }

    async fn ask(&self, task: &ServiceTask) -> Result<Outcome> {
        let services = self.services.services()?;
        let findings = conformance(&services, task).await?;
        for finding in &findings {
            print::line(&line(finding))?;
        }
        match findings.iter().all(|finding| finding.problem.is_none()) {
            true => Ok(Outcome::Done),
            false => Ok(Outcome::Refused),
        }
    }
}

fn line(finding: &Finding) -> String {
    match &finding.problem {
        None => format!("ok     {}", finding.what),
        Some(problem) => format!("wrong  {}: {problem}", finding.what),
    }
}
