use anyhow::{Result, ensure};
use clap::Args;
use mil_worker::backfill_observations;

use crate::print;
use crate::state_args::StateArgs;

#[derive(Debug, Args)]
pub(crate) struct Backfill {
    #[command(flatten)]
    state: StateArgs,
}

impl Backfill {
    pub(super) async fn run(self) -> Result<()> {
        let installation = self.state.open().await?;
        let done = backfill_observations(&installation.mil_deps()).await?;
        print::line(&format!("{} results can be compared now", done.n_kept))?;
        ensure!(
            done.n_failed == 0,
            "{} results have a slide or bag that cannot be read: the log names them",
            done.n_failed
        );
        Ok(())
    }
}
