use anyhow::{Result, ensure};
use clap::Args;
use mil_worker::backfill_observations;

use crate::installation::{Installation, Served};
use crate::print;
use crate::state_args::StateArgs;

#[derive(Debug, Args)]
pub(crate) struct Backfill {
    #[command(flatten)]
    state: StateArgs,
}

impl Backfill {
    pub(super) async fn run(self) -> Result<()> {
        let (mut n_kept, mut n_failed) = (0, 0);
        for Served { installation, .. } in self.state.open().await? {
            let Installation { store, catalog, .. } = installation;
            let done = backfill_observations(&store, &catalog).await?;
            n_kept += done.n_kept;
            n_failed += done.n_failed;
        }
        print::line(&format!("{n_kept} results can be compared now"))?;
        ensure!(
            n_failed == 0,
            "{n_failed} results have a slide or bag that cannot be read: the log names them"
        );
        Ok(())
    }
}
