//! One client's connection: tiles at once, all else by hyper.
//!
//! Most of what a viewer asks for is a tile that is in memory. Around the two system calls such an
//! answer needs, hyper, its requests and responses, and the look at the token are most of the work.
//! So each connection has an [`Express`] lane that knows one kind of request: a plain GET for an
//! answer in memory by whoever was let in a moment ago. It reads HTTP no further than it must to be
//! sure of that. Everything else, and whatever is doubtful or not complete, goes to hyper byte for
//! byte, which has the connection until it has answered: so limits, errors, bodies, streams and
//! time limits are hyper's.

mod express;
mod head;
mod ledger;
mod pass;
mod patience;
mod tail;
mod turn;

use std::io;
use std::pin::pin;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::express::Express;
use self::patience::Patience;
use self::turn::{HyperTurn, Outcome};
use crate::Protected;
use crate::access::Peer;

pub(crate) use self::patience::PATIENCE;

/// What is read at once; a longer head is hyper's affair.
const READ_SIZE: usize = 8 * 1024;

/// Bytes of the client's that nobody has answered yet, and those who may.
pub(crate) struct Connection {
    stream: TcpStream,
    unread: BytesMut,
    express: Express,
    hyper: HyperTurn,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, peer: Peer, protected: Protected) -> Self {
        Self {
            stream,
            unread: BytesMut::new(),
            express: Express::new(protected.clone()),
            hyper: HyperTurn::new(protected, peer),
        }
    }

    /// Answers until the client has enough, or until `shutdown` where nothing is under way.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) -> io::Result<()> {
        let mut shut_down = pin!(shutdown.cancelled());
        let mut patience = Patience::new();
        loop {
            tokio::select! {
                biased;
                () = &mut shut_down => break,
                n_read = read(&mut self.stream, &mut self.unread) => if n_read? == 0 { break },
                () = patience.ends() => break,
            }
            patience.renew();
            if self.answer_unread(&shutdown).await? == Outcome::Over {
                break;
            }
        }
        self.stream.shutdown().await
    }

    async fn answer_unread(&mut self, shutdown: &CancellationToken) -> io::Result<Outcome> {
        while !self.unread.is_empty() {
            if let Some(kept) = self.express.answer(&self.unread, Instant::now()) {
                self.unread.advance(kept.n_read);
                self.stream.write_all_buf(&mut kept.bytes()).await?;
            } else {
                let turn = self
                    .hyper
                    .take(&mut self.stream, &mut self.unread, shutdown);
                if turn.await? == Outcome::Over {
                    return Ok(Outcome::Over);
                }
            }
        }
        Ok(Outcome::GoesOn)
    }
}

/// 0 at the end of what the client sends.
async fn read(stream: &mut TcpStream, unread: &mut BytesMut) -> io::Result<usize> {
    unread.reserve(READ_SIZE);
    stream.read_buf(unread).await
}
