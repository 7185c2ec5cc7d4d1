use std::ops::Range;

use axum::body::Body;
use bytes::Bytes;
use flow::LevelNumber;
use futures::stream::{self, StreamExt, TryStreamExt};
use pyramid::{PyramidError, PyramidReader};
use tracing::error;

use super::Piece;

/// Bytes of one read: what a request to S3 is worth, and what an answer holds in memory at most
/// [`READS_AHEAD`] times.
const READ_BYTES: u64 = 1024 * 1024;
const READS_AHEAD: usize = 4;
/// Pieces read before anything is sent: a head and the first bytes, so that a storage that is away
/// is still answered as such.
const FIRST_PIECES: usize = 2;

/// A part of an instance in storage.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) reader: PyramidReader,
    pub(crate) level: LevelNumber,
    pub(crate) range: Range<u64>,
}

/// A body of all pieces, and its length. Memory does not grow with it.
pub(crate) async fn body_of(pieces: Vec<Piece>) -> Result<(Body, u64), PyramidError> {
    let n_bytes = pieces.iter().map(Piece::n_bytes).sum();
    let mut rest = stream::iter(pieces.into_iter().flat_map(reads))
        .map(read)
        .buffered(READS_AHEAD)
        .boxed();
    let mut first = Vec::new();
    while first.len() < FIRST_PIECES
        && let Some(bytes) = rest.try_next().await?
    {
        first.push(Ok(bytes));
    }
    // The status is sent by then: all that can be done is to break off.
    let rest = rest.inspect_err(|cause| error!(%cause, "an answer broke off half-way"));
    Ok((Body::from_stream(stream::iter(first).chain(rest)), n_bytes))
}

/// The same in pieces of at most [`READ_BYTES`].
fn reads(piece: Piece) -> Vec<Piece> {
    let Piece::Stored(stored) = piece else {
        return vec![piece];
    };
    let Range { start, end } = stored.range;
    (start..end)
        .step_by(READ_BYTES as usize)
        .map(|from| {
            Piece::Stored(Stored {
                range: from..end.min(from + READ_BYTES),
                ..stored.clone()
            })
        })
        .collect()
}

async fn read(piece: Piece) -> Result<Bytes, PyramidError> {
    match piece {
        Piece::Bytes(bytes) => Ok(bytes),
        Piece::Stored(stored) => {
            let Stored {
                reader,
                level,
                range,
            } = stored;
            reader.instance_part(level, range).await
        }
    }
}
