//! `coverslip hl7`: what became of results that are sent by HL7, and to send them once more.

use anyhow::{Result, ensure};
use catalog::{ResultsMessage, ResultsPage, ResultsState};
use clap::{Args, Subcommand, ValueEnum};
use flow::ResultsMessageId;
use serde_json::{Value, json};

use crate::catalog_args::KnownCatalog;
use crate::exit::Outcome;
use crate::print;

/// Who sends again, in the audit trail.
const ACTOR: &str = "command line";

#[derive(Debug, Subcommand)]
pub(crate) enum Hl7 {
    /// The messages with results, newest first, without what they say.
    List(List),
    /// Send messages once more that were delivered or have failed, the same bytes. One whose case was
    /// signed since is not sent: it would take the place of what is newer.
    Replay(Replay),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    catalog: KnownCatalog,
    /// In that state alone.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// How many at most.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    catalog: KnownCatalog,
    /// All that have failed.
    #[arg(long, conflicts_with = "messages")]
    failed: bool,
    /// As `coverslip hl7 list` has them.
    #[arg(required_unless_present = "failed")]
    messages: Vec<ResultsMessageId>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    Pending,
    Delivered,
    Failed,
    Superseded,
}

impl Hl7 {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::List(list) => list.run().await,
            Self::Replay(replay) => replay.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Result<Outcome> {
        let page = ResultsPage {
            state: self.state.map(ResultsState::from),
            limit: self.limit,
        };
        let messages = self.catalog.open().await?.results_messages(page).await?;
        if self.json {
            let messages: Vec<_> = messages.iter().map(as_json).collect();
            print::json(&json!({ "messages": messages }))?;
            return Ok(Outcome::Done);
        }
        for message in messages {
            let version = message.version.map(|version| format!("version {version}"));
            let error = message.last_error.map(|error| format!("  {error}"));
            print::line(&format!(
                "{}  {}  {}  case {}  {}{}",
                message.id,
                message.at.format("%Y-%m-%d %H:%M:%S"),
                message.state.name(),
                message.case,
                version.as_deref().unwrap_or("preliminary"),
                error.unwrap_or_default()
            ))?;
        }
        Ok(Outcome::Done)
    }
}

impl Replay {
    async fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.open().await?;
        let ids = match self.failed {
            false => self.messages,
            true => {
                let page = ResultsPage {
                    state: Some(ResultsState::Failed),
                    limit: u32::MAX,
                };
                let failed = catalog.results_messages(page).await?;
                failed.iter().rev().map(|message| message.id).collect()
            }
        };
        let mut left = Vec::new();
        for id in &ids {
            if !catalog.replay_results(ACTOR, *id).await? {
                left.push(id.to_string());
            }
        }
        print::line(&format!("{} will be sent", ids.len() - left.len()))?;
        // Those that failed and are out of date are no surprise.
        ensure!(
            self.failed || left.is_empty(),
            "not sent: {}. There is no such message, it waits already, or its case was signed since",
            left.join(", ")
        );
        Ok(Outcome::Done)
    }
}

fn as_json(message: &ResultsMessage) -> Value {
    json!({
        "id": message.id,
        "case": message.case,
        "version": message.version,
        "state": message.state.name(),
        "at": message.at,
        "n_attempts": message.n_attempts,
        "n_unanswered": message.n_unanswered,
        "last_attempt_at": message.last_at,
        "last_error": message.last_error,
    })
}

impl From<State> for ResultsState {
    fn from(state: State) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Delivered => Self::Delivered,
            State::Failed => Self::Failed,
            State::Superseded => Self::Superseded,
        }
    }
}
