//! `coverslip queue`: how full it is, what was given up, and to try that once more.

use anyhow::{Result, bail};
use catalog::{AuditAction, AuditEvent, Catalog};
use clap::{Args, Subcommand, ValueEnum};
use queue::{DeadLetter, DeadLetterId, Redriven};
use serde::Serialize;
use serde_json::json;
use step::Topic;

use crate::exit::Outcome;
use crate::print;
use crate::state_args::StateArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// How many messages wait, are worked on, were given up, and for how long the next is due.
    Depth(Look),
    /// The messages that were given up, and why.
    DeadLetters(Look),
    /// Take slides out of quarantine and try once more what was given up.
    Redrive(Redrive),
}

#[derive(Debug, Args)]
pub(crate) struct Look {
    #[command(flatten)]
    state: StateArgs,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Redrive {
    #[command(flatten)]
    look: Look,
    /// What was given up of one step alone.
    #[arg(long)]
    step: Option<ReadingStep>,
    /// Dead letters by name, as `coverslip queue dead-letters` lists them; all if none is given.
    letters: Vec<DeadLetterId>,
}

/// A step that takes messages from the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReadingStep {
    Tile,
    Embed,
    Score,
}

#[derive(Serialize)]
struct Listed {
    step: &'static str,
    #[serde(flatten)]
    letter: DeadLetter,
}

impl Queue {
    pub(crate) async fn run(self) -> Result<Outcome> {
        match self {
            Self::Depth(look) => look.depth().await,
            Self::DeadLetters(look) => look.dead_letters().await,
            Self::Redrive(redrive) => redrive.run().await,
        }
    }
}

impl Look {
    async fn depth(&self) -> Result<Outcome> {
        let queue = self.state.open_queue().await?;
        let mut steps = Vec::new();
        for topic in Topic::ALL {
            steps.push((topic, topic.depth(&queue).await?));
        }
        if self.json {
            let steps = steps.iter().map(|(topic, depth)| {
                json!({
                    "step": topic.stage().name(),
                    "topic": topic.name(),
                    "waiting": depth.waiting,
                    "in_flight": depth.in_flight,
                    "dead": depth.dead,
                    "lost": depth.lost,
                    "lag_s": depth.lag.as_secs_f64(),
                })
            });
            print::json(&json!({ "steps": steps.collect::<Vec<_>>() }))?;
            return Ok(Outcome::Done);
        }
        for (topic, depth) in steps {
            print::line(&format!(
                "{:6} {} waiting (the next since {:.0} s), {} in work, {} given up, {} lost",
                topic.stage(),
                depth.waiting,
                depth.lag.as_secs_f64(),
                depth.in_flight,
                depth.dead,
                depth.lost
            ))?;
        }
        Ok(Outcome::Done)
    }

    async fn dead_letters(&self) -> Result<Outcome> {
        let queue = self.state.open_queue().await?;
        let mut letters = Vec::new();
        for topic in Topic::ALL {
            let step = topic.stage().name();
            let given_up = topic.dead_letters(&queue).await?.into_iter();
            letters.extend(given_up.map(|letter| Listed { step, letter }));
        }
        if self.json {
            print::json(&json!({ "dead_letters": letters }))?;
            return Ok(Outcome::Done);
        }
        for Listed { step, letter } in letters {
            let slide = letter.slide.map(|slide| slide.to_string());
            print::line(&format!(
                "{}  {step}  {}  {}",
                letter.id,
                slide.as_deref().unwrap_or("an unreadable message"),
                letter.reason
            ))?;
        }
        Ok(Outcome::Done)
    }
}

impl Redrive {
    async fn run(&self) -> Result<Outcome> {
        let queue = self.look.state.open_queue().await?;
        let catalog = self.look.state.open_catalog().await?;
        let mut redriven = Vec::new();
        for topic in Topic::ALL.into_iter().filter(|topic| self.is_meant(*topic)) {
            redriven.extend(self.redrive(topic, &catalog, &queue).await?);
        }
        if self.look.json {
            print::json(&json!({ "redriven": redriven }))?;
        } else {
            print::line(&format!("{} redriven", redriven.len()))?;
        }
        let unknown = self.letters.iter().find(|id| !redriven.contains(id));
        if let Some(unknown) = unknown {
            bail!(
                "there is no dead letter {unknown}: it was redriven already, or it is not as \
                 `coverslip queue dead-letters` lists it"
            );
        }
        Ok(Outcome::Done)
    }

    fn is_meant(&self, topic: Topic) -> bool {
        self.step.is_none_or(|step| step.topic() == topic)
    }

    async fn redrive(
        &self,
        topic: Topic,
        catalog: &Catalog,
        queue: &queue::Queue,
    ) -> Result<Vec<DeadLetterId>> {
        let mut redriven = Vec::new();
        for letter in topic.dead_letters(queue).await? {
            let is_meant = self.letters.is_empty() || self.letters.contains(&letter.id);
            if is_meant && topic.redrive(catalog, queue, &letter).await? == Redriven::Done {
                catalog.audit(retried(topic, &letter)).await?;
                redriven.push(letter.id);
            }
        }
        Ok(redriven)
    }
}

fn retried(topic: Topic, letter: &DeadLetter) -> AuditEvent {
    AuditEvent {
        actor: "command line".to_owned(),
        action: AuditAction::AnalysisRetried,
        slide: letter.slide,
        detail: json!({ "step": topic.stage().name() }),
    }
}

impl ReadingStep {
    const fn topic(self) -> Topic {
        match self {
            Self::Tile => Topic::Received,
            Self::Embed => Topic::Tiled,
            Self::Score => Topic::Embedded,
        }
    }
}
