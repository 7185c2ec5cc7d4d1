use std::time::Duration;

use catalog::{Catalog, CatalogError, DueMessage, LastAttempt, SettledAs, WebhookStanding};
use chrono::{TimeDelta, Utc};
use egress::ClientError;
use telemetry::WebhookOutcome;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::WebhooksConfig;
use crate::schedule::pause_after;
use crate::sender::{Answer, Sender, message_id};

/// Messages on their way at once.
const MOST: usize = 16;
/// After which a message that a process took and did not settle is another's. Longer than an attempt.
const CLAIM: TimeDelta = TimeDelta::seconds(60);
/// How long settled messages are kept, to be listed and sent once more.
const KEPT: TimeDelta = TimeDelta::days(30);
const FORGETTING: Duration = Duration::from_secs(3_600);
/// After which a catalog that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// Who switches a webhook off that is gone, in the audit trail.
const ACTOR: &str = "webhooks";

/// Sends what is due until `shutdown`. What is on its way then is left to whoever takes it next.
///
/// # Errors
/// If nothing can be sent at all.
pub async fn run(
    config: WebhooksConfig,
    catalog: Catalog,
    shutdown: CancellationToken,
) -> Result<(), ClientError> {
    let look = config.look;
    let sender = Sender::new(config)?;
    telemetry::webhooks_are_delivered();
    let working = async {
        let mut sending = JoinSet::new();
        let mut forgotten = None;
        loop {
            let pause = match send_what_is_due(&catalog, &sender, &mut sending).await {
                Ok(()) => look,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    warn!(
                        error,
                        "messages wait: the catalog does not say which are due"
                    );
                    AGAIN
                }
            };
            if forgotten.is_none_or(|at: Instant| at.elapsed() > FORGETTING) {
                forget(&catalog).await;
                forgotten = Some(Instant::now());
            }
            // Of a receiver that has taken one message the next may be due.
            tokio::select! {
                () = sleep(pause) => (),
                Some(_) = sending.join_next() => (),
            }
        }
    };
    shutdown.run_until_cancelled(working).await;
    Ok(())
}

async fn send_what_is_due(
    catalog: &Catalog,
    sender: &Sender,
    sending: &mut JoinSet<()>,
) -> Result<(), CatalogError> {
    while sending.len() < MOST {
        let now = Utc::now();
        let Some(due) = catalog.claim_webhook_message(now, now + CLAIM).await? else {
            return Ok(());
        };
        let (catalog, sender) = (catalog.clone(), sender.clone());
        sending.spawn(async move {
            if let Err(error) = send(&catalog, &sender, &due).await {
                let error: &dyn std::error::Error = &error;
                let id = message_id(&due.message);
                warn!(
                    error,
                    message.id = id,
                    "what became of a message is not on record"
                );
            }
        });
    }
    Ok(())
}

async fn send(catalog: &Catalog, sender: &Sender, due: &DueMessage) -> Result<(), CatalogError> {
    let at = Utc::now();
    let answer = sender.send(due, at).await;
    let webhook = due.message.webhook;
    let id = message_id(&due.message);
    debug!(webhook.id = %webhook, message.id = id, ?answer, "sent a message");
    if answer == Answer::Gone {
        let gone = WebhookStanding::Gone;
        catalog.set_webhook_standing(ACTOR, webhook, gone).await?;
        warn!(webhook.id = %webhook, "a receiver is gone (410): it is told nothing more");
    }
    let (status, error) = match &answer {
        Answer::Taken(status) => (Some(status.as_u16()), None),
        Answer::Gone => (Some(410), Some("the receiver is gone")),
        Answer::Refused(status) if status.is_redirection() => {
            (Some(status.as_u16()), Some("redirects are not followed"))
        }
        Answer::Refused(status) => (Some(status.as_u16()), Some("the receiver refused it")),
        Answer::None(reason) => (None, Some(*reason)),
    };
    let attempt = LastAttempt {
        at,
        status,
        error: error.map(str::to_owned),
    };
    let settled = settled(&answer, due.message.n_attempts + 1);
    telemetry::webhook_attempted(outcome(&settled));
    catalog.settle_webhook_message(due, &attempt, settled).await
}

const fn outcome(settled: &SettledAs) -> WebhookOutcome {
    match settled {
        SettledAs::Delivered => WebhookOutcome::Delivered,
        SettledAs::Again(_) => WebhookOutcome::Postponed,
        SettledAs::Failed => WebhookOutcome::Failed,
    }
}

fn settled(answer: &Answer, n_attempts: u32) -> SettledAs {
    match answer {
        Answer::Taken(_) => SettledAs::Delivered,
        Answer::Gone => SettledAs::Failed,
        Answer::Refused(_) | Answer::None(_) => {
            let pause = pause_after(n_attempts).and_then(|pause| TimeDelta::from_std(pause).ok());
            pause.map_or(SettledAs::Failed, |pause| {
                SettledAs::Again(Utc::now() + pause)
            })
        }
    }
}

async fn forget(catalog: &Catalog) {
    if let Err(error) = catalog.forget_webhook_messages(Utc::now() - KEPT).await {
        let error: &dyn std::error::Error = &error;
        warn!(error, "old messages of webhooks were not forgotten");
    }
}
