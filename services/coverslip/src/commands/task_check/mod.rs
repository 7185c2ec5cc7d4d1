//! `coverslip task check`: whether a task can score, and whether its service keeps to the contract.

mod painted_slide;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mil::{AnyTask, ServiceTask, Takes};
use task_service::{Finding, conformance};

use self::painted_slide::PaintedSlide;
use super::block_on;
use crate::exit::Outcome;
use crate::listening::Listening;
use crate::task_service_args::TaskServiceArgs;
use crate::{print, task_folder};

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// A folder with a `task.json`, and weights unless it is a service.
    folder: PathBuf,
    /// Where a service that takes tiles finds those of a painted slide; port 0 takes a free one. One on
    /// another machine is told by --task-service-pictures what it calls this address.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
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
        let findings = match task.file().service.takes {
            Takes::Bag => conformance(&self.services.services()?, task, None).await?,
            Takes::Tiles => self.ask_about_tiles(task).await?,
        };
        for finding in &findings {
            print::line(&line(finding))?;
        }
        match findings.iter().all(is_right) {
            true => Ok(Outcome::Done),
            false => Ok(Outcome::Refused),
        }
    }

    async fn ask_about_tiles(&self, task: &ServiceTask) -> Result<Vec<Finding>> {
        let listening = Listening::on(self.listen).await?;
        let services = self.services.services_at(listening.address)?;
        let painted = PaintedSlide::serve(listening, &services, task).await?;
        let mut findings = conformance(&services, task, Some(&painted.lent)).await?;
        // Where it answers nothing, why it does not is what counts.
        if findings.iter().all(is_right) {
            findings.push(fetched(painted.n_fetched()));
        }
        Ok(findings)
    }
}

fn is_right(finding: &Finding) -> bool {
    finding.problem.is_none()
}

fn fetched(n_pictures: u64) -> Finding {
    let none = "it takes tiles, and answered without fetching a picture of any: see `pictures`";
    Finding {
        what: format!("{n_pictures} pictures of tiles fetched"),
        problem: (n_pictures == 0).then(|| none.to_owned()),
    }
}

fn line(finding: &Finding) -> String {
    match &finding.problem {
        None => format!("ok     {}", finding.what),
        Some(problem) => format!("wrong  {}: {problem}", finding.what),
    }
}
