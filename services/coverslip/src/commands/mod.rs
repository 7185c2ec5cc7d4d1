//! One file a command: its arguments and what it does.

pub(crate) mod analyze;
pub(crate) mod audit;
pub(crate) mod bags;
pub(crate) mod bench;
pub(crate) mod embed;
pub(crate) mod encoder;
pub(crate) mod evaluate;
pub(crate) mod hl7;
pub(crate) mod ingest;
pub(crate) mod labels;
pub(crate) mod migrate;
pub(crate) mod model;
pub(crate) mod phantom;
pub(crate) mod queue;
pub(crate) mod score;
pub(crate) mod serve;
pub(crate) mod task;
mod task_check;
mod task_import;
pub(crate) mod token;
pub(crate) mod train;
pub(crate) mod up;
pub(crate) mod usage;
pub(crate) mod work;

use anyhow::{Context, Result};
use telemetry::{Metrics, Telemetry};

use crate::arguments::{Arguments, Command};
use crate::exit::Outcome;

pub(crate) fn run(arguments: Arguments) -> Result<Outcome> {
    // The decoder child must confine itself before anything else, logs included.
    if matches!(arguments.command, Command::DecodeChild) {
        return decode_child();
    }
    let Telemetry { metrics, traces } = telemetry::init(&arguments.telemetry())?;
    let outcome = obey(arguments.command, metrics);
    traces.end();
    outcome
}

fn obey(command: Command, metrics: Metrics) -> Result<Outcome> {
    match command {
        Command::Up(up) => block_on(up.run(metrics)),
        Command::Serve(serve) => block_on(serve.run(metrics)),
        Command::Work(work) => block_on(work.run(metrics)),
        Command::Analyze(analyze) => block_on(analyze.run()),
        Command::Ingest(ingest) => block_on(ingest.run()),
        Command::Embed(embed) => block_on(embed.run()),
        Command::Score(score) => block_on(score.run()),
        Command::Bags(bags) => block_on(bags.run()),
        Command::Phantom(phantom) => phantom.run(),
        Command::Encoder(encoder) => encoder.run(),
        Command::Task(task) => task.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Train(train) => train.run(),
        Command::Labels(labels) => block_on(labels.run()),
        Command::Queue(queue) => block_on(queue.run()),
        Command::Hl7(hl7) => block_on(hl7.run()),
        Command::Model(model) => block_on(model.run()),
        Command::Migrate(migrate) => block_on(migrate.run()),
        Command::Token(token) => block_on(token.run()),
        Command::Audit(audit) => block_on(audit.run()),
        Command::Usage(usage) => block_on(usage.run()),
        Command::Bench(bench) => bench.run(),
        Command::DecodeChild => decode_child(),
    }
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the async runtime")?
        .block_on(work)
}

fn decode_child() -> Result<Outcome> {
    slide::decode_child::serve(std::io::stdin().lock(), std::io::stdout().lock())?;
    Ok(Outcome::Done)
}
