use std::error::Error;
use std::time::Duration;

use catalog::{Catalog, CatalogError, DueResults, ResultsSettled};
use chrono::{DateTime, TimeDelta, Utc};
use telemetry::Hl7ResultsOutcome;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::acknowledgement::Acknowledgement;
use super::report::{control_id, report};
use super::schedule::pause_after;
use super::sender::{self, Answer};
use crate::{Reported, SendConfig};

/// For how long results are written down when nobody sends them any more.
const WANTED: TimeDelta = TimeDelta::days(30);
/// How long settled messages are kept, to be listed and sent once more.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How often both are looked after.
const CARE: Duration = Duration::from_secs(3_600);
/// After which a catalog that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// Who sends results, in the audit trail.
const ACTOR: &str = "hl7";

/// Sends results until `shutdown`. What is on its way then, or when the process dies, is sent again by
/// whoever takes it next.
pub async fn send(config: SendConfig, catalog: Catalog, shutdown: CancellationToken) {
    telemetry::hl7_results_are_sent();
    let sending = async {
        let mut cared: Option<Instant> = None;
        loop {
            if cared.is_none_or(|at| at.elapsed() > CARE) && care(&catalog).await {
                cared = Some(Instant::now());
            }
            match send_next(&config, &catalog).await {
                Ok(Next::Another) => {}
                Ok(Next::None) => sleep(config.look).await,
                Err(error) => {
                    tell(&error, "results wait: the catalog does not give them out");
                    sleep(AGAIN).await;
                }
            }
        }
    };
    shutdown.run_until_cancelled(sending).await;
}

/// Whether to look for more at once.
enum Next {
    Another,
    None,
}

async fn send_next(config: &SendConfig, catalog: &Catalog) -> Result<Next, CatalogError> {
    let now = Utc::now();
    // Longer than an attempt.
    let until = later(now, config.patience * 3);
    let gathered = now - delta(config.gather);
    let Some(due) = catalog.claim_results(now, gathered, until).await? else {
        return Ok(Next::None);
    };
    let settled = attempt(config, catalog, &due, now).await?;
    catalog.settle_results(&due, &settled).await?;
    Ok(Next::Another)
}

async fn attempt(
    config: &SendConfig,
    catalog: &Catalog,
    due: &DueResults,
    now: DateTime<Utc>,
) -> Result<ResultsSettled, CatalogError> {
    let message = &due.message;
    if message.version.is_none() && config.reported == Reported::Signed {
        return Ok(ResultsSettled::Superseded);
    }
    let body = match &message.body {
        Some(body) => body.clone(),
        None => match report(catalog, message, config, now).await? {
            Some(body) if catalog.begin_results(ACTOR, due, &body).await? => body,
            // Nothing to tell; or another has it, and whatever this comes to changes nothing.
            _ => return Ok(ResultsSettled::Superseded),
        },
    };
    let answer = sender::send(config, &body, &control_id(message.id)).await;
    let settled = settled(config, answer, message.n_unanswered + 1);
    count(&settled);
    debug!(message.id = %message.id, case.id = %message.case, is_delivered = settled == ResultsSettled::Delivered, "sent results");
    if let ResultsSettled::Failed(_) = settled {
        // Why is in the catalog alone: it may repeat what was sent.
        warn!(message.id = %message.id, case.id = %message.case, "the receiver does not take results: see `coverslip hl7 list`");
    }
    Ok(settled)
}

fn settled(config: &SendConfig, answer: Answer, n_unanswered: u32) -> ResultsSettled {
    let now = Utc::now();
    match answer {
        Answer::Acknowledged(Acknowledgement::Accepted) => ResultsSettled::Delivered,
        Answer::Acknowledged(Acknowledgement::Refused(reason)) => ResultsSettled::Failed(reason),
        Answer::Unreached(why) => ResultsSettled::Unreached(later(now, config.away), why),
        Answer::Unanswered(why) => match pause_after(n_unanswered) {
            Some(pause) => ResultsSettled::Unanswered(later(now, pause), why),
            None => ResultsSettled::Failed(why.to_owned()),
        },
    }
}

fn count(settled: &ResultsSettled) {
    let outcome = match settled {
        ResultsSettled::Delivered => Hl7ResultsOutcome::Delivered,
        ResultsSettled::Unreached(..) | ResultsSettled::Unanswered(..) => {
            Hl7ResultsOutcome::Postponed
        }
        ResultsSettled::Failed(_) => Hl7ResultsOutcome::Failed,
        // Nobody was asked to take them.
        ResultsSettled::Superseded => return,
    };
    telemetry::hl7_results_attempted(outcome);
}

/// Whether it was done.
async fn care(catalog: &Catalog) -> bool {
    let now = Utc::now();
    let done = async {
        catalog.want_results(now + WANTED).await?;
        catalog.forget_results_messages(now - KEPT).await
    };
    if let Err(error) = done.await {
        tell(&error, "results are not being written down to be sent");
        return false;
    }
    true
}

fn later(from: DateTime<Utc>, pause: Duration) -> DateTime<Utc> {
    from + delta(pause)
}

/// Those that are configured are short.
fn delta(pause: Duration) -> TimeDelta {
    TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)
}

fn tell(error: &CatalogError, what: &'static str) {
    let error: &dyn Error = error;
    warn!(error, "{what}");
}
