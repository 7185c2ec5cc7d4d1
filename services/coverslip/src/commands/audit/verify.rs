use anyhow::{Result, bail};
use catalog::AuditCheck;
use clap::Args;
use flow::Sha256Digest;
use serde_json::json;

use crate::catalog_args::KnownCatalog;
use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    catalog: KnownCatalog,
    /// A head that was printed earlier and kept elsewhere: the chain must still lead through it. It
    /// shows what nothing else can, that the trail was cut off or written anew as a whole.
    #[arg(long, value_name = "HASH")]
    head: Option<Sha256Digest>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// A trail that is not what was written is a failure.
    pub(super) async fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.open().await?;
        let check = catalog.verify_audit(self.head).await?;
        match self.json {
            true => print::json(&as_json(&check))?,
            false => print::line(&as_text(&check))?,
        }
        match check.fault {
            None => Ok(Outcome::Done),
            Some(fault) => bail!("the audit trail is not what was written: {fault}"),
        }
    }
}

fn as_text(AuditCheck { head, fault }: &AuditCheck) -> String {
    let good = format!("{} events, head {}", head.seq, head.hash);
    match fault {
        None => good,
        Some(fault) => format!("good up to {good}\nthe first fault: {fault}"),
    }
}

fn as_json(AuditCheck { head, fault }: &AuditCheck) -> serde_json::Value {
    let fault = fault.map(
        |fault| json!({ "seq": fault.seq, "code": fault.kind.code(), "text": fault.to_string() }),
    );
    json!({ "n_events": head.seq, "head": head.hash, "is_good": fault.is_none(), "fault": fault })
}
