use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::receive::Desk;
use crate::ListenConfig;
use crate::frame::{Framer, NoFrame, framed};
use crate::message::NoMessage;

const BUFFER: usize = 16 * 1024;

/// Why a connection ended before its peer wanted it to. Nothing of a message is in it.
#[derive(Debug, Error)]
pub(super) enum Ended {
    #[error("{0}")]
    NoFrame(#[from] NoFrame),
    #[error("what it framed is no HL7 message: {0}")]
    NoMessage(#[from] NoMessage),
    #[error("it said nothing for too long")]
    Quiet,
    #[error("it did not end a message, or take an answer, in time")]
    Slow,
    #[error("it did not begin TLS in time, or showed no good certificate")]
    NoTls,
    #[error("the line broke: {0}")]
    Line(#[from] std::io::Error),
}

/// Answers one message after the other; what was begun is answered after `shutdown` too.
pub(super) async fn converse(
    config: &ListenConfig,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    desk: &Desk,
    shutdown: &CancellationToken,
) -> Result<(), Ended> {
    let mut framer = Framer::new(config.most_bytes);
    let mut buffer = vec![0; BUFFER];
    let mut begun: Option<Instant> = None;
    loop {
        while let Some(message) = framer.next()? {
            let answer = framed(&desk.answer(&message).await?);
            in_time(config.patience, stream.write_all(&answer)).await?;
            in_time(config.patience, stream.flush()).await?;
            begun = None;
        }
        let (deadline, late) = match framer.is_within() {
            true => {
                let begun = *begun.get_or_insert_with(Instant::now);
                (begun + config.patience, Ended::Slow)
            }
            false => (Instant::now() + config.quiet, Ended::Quiet),
        };
        let n_read = tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            read = timeout_at(deadline, stream.read(&mut buffer)) => {
                read.map_err(|_elapsed| late)??
            }
        };
        match buffer.get(..n_read) {
            None | Some([]) => return Ok(()),
            Some(read) => framer.take_in(read),
        }
    }
}

async fn in_time(
    patience: Duration,
    written: impl Future<Output = std::io::Result<()>>,
) -> Result<(), Ended> {
    Ok(timeout(patience, written)
        .await
        .map_err(|_elapsed| Ended::Slow)??)
}
