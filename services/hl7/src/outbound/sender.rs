use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::acknowledgement::Acknowledgement;
use crate::SendConfig;
use crate::frame::{Framer, framed};

/// Largest acknowledgement, in bytes.
const MOST_BYTES: usize = 64 * 1024;

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Acknowledged(Acknowledgement),
    /// Nothing of the message went out.
    Unreached(&'static str),
    /// It may have been taken.
    Unanswered(&'static str),
}

/// Sends a message over a connection of its own.
pub(super) async fn send(config: &SendConfig, body: &str, control_id: &str) -> Answer {
    match timeout(config.patience, connect(config)).await {
        Ok(Ok(Line::Plain(stream))) => exchange(config, stream, body, control_id).await,
        Ok(Ok(Line::Tls(stream))) => exchange(config, stream, body, control_id).await,
        Ok(Err(_)) => Answer::Unreached("the receiver cannot be connected to"),
        Err(_late) => Answer::Unreached("the receiver did not take the connection in time"),
    }
}

enum Line {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn connect(config: &SendConfig) -> io::Result<Line> {
    let address = &config.receiver.address;
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let Some(tls) = &config.tls else {
        return Ok(Line::Plain(stream));
    };
    let host = address
        .rsplit_once(':')
        .map_or(address.as_str(), |pair| pair.0);
    let host = host.trim_matches(['[', ']']).to_owned();
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
    Ok(Line::Tls(Box::new(stream.await?)))
}

async fn exchange(
    config: &SendConfig,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    body: &str,
    control_id: &str,
) -> Answer {
    match timeout(config.patience, ask(&mut stream, body)).await {
        Ok(Ok(Some(answer))) => Acknowledgement::read(&answer, control_id).map_or(
            Answer::Unanswered("the answer acknowledges no message of ours"),
            Answer::Acknowledged,
        ),
        Ok(Ok(None)) => Answer::Unanswered("the connection was closed before there was an answer"),
        Ok(Err(_)) => Answer::Unanswered("the connection broke before there was an answer"),
        Err(_late) => Answer::Unanswered("the receiver did not answer in time"),
    }
}

/// `None` where the line was closed instead.
async fn ask(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    body: &str,
) -> io::Result<Option<Vec<u8>>> {
    stream.write_all(&framed(body.as_bytes())).await?;
    stream.flush().await?;
    let mut framer = Framer::new(MOST_BYTES);
    let mut buffer = [0; 4096];
    loop {
        if let Some(answer) = framer.next().map_err(io::Error::other)? {
            return Ok(Some(answer));
        }
        let n_read = stream.read(&mut buffer).await?;
        match buffer.get(..n_read) {
            None | Some([]) => return Ok(None),
            Some(read) => framer.take_in(read),
        }
    }
}
