use std::time::Instant;

use flow::{Stage, StageTiming};
use telemetry::{StepSpan, TraceContext, UploadOutcome};

use super::{Accepted, ReceiveError};

/// Takes a file in as the first step of its path: the slide's trace begins here, or goes on from
/// that of whoever sent it.
pub(crate) async fn receiving<F>(
    sender: Option<TraceContext>,
    work: F,
) -> Result<Accepted, ReceiveError>
where
    F: Future<Output = Result<Accepted, ReceiveError>>,
{
    let began = Instant::now();
    let span = StepSpan::begin(Stage::Receive, sender.as_ref());
    let accepted = span.within(work).await;
    match &accepted {
        Ok(accepted) => {
            span.about(accepted.slide());
            telemetry::upload_ended(match accepted {
                Accepted::New(_) => UploadOutcome::New,
                Accepted::Known(_) => UploadOutcome::Known,
            });
            let wall_s = began.elapsed().as_secs_f64();
            telemetry::record_stage(StageTiming::of_wall(Stage::Receive, wall_s));
        }
        Err(error) => {
            span.failed(error.kind());
            telemetry::upload_ended(UploadOutcome::Failed);
            telemetry::step_failed(Stage::Receive, error.kind());
        }
    }
    accepted
}
