//! The sender's end of a connection.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::lab::Failure;

pub(crate) const END: &[u8] = b"\x1c\r";

pub(crate) struct Line {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Line {
    pub(crate) async fn to(address: SocketAddr) -> Result<Self, Failure> {
        Ok(Self {
            stream: TcpStream::connect(address).await?,
            rest: Vec::new(),
        })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.stream.write_all(bytes).await?)
    }

    pub(crate) async fn ask(&mut self, message: &[u8]) -> Result<String, Failure> {
        self.send(&frame(message)).await?;
        let answer = self.answer().await?.ok_or("the line was closed")?;
        Ok(String::from_utf8(answer)?)
    }

    /// The next answer; `None` once the line is closed.
    pub(crate) async fn answer(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut buffer = [0; 4096];
        loop {
            let end = self.rest.windows(2).position(|two| two == END);
            if let Some(end) = end {
                let answer = self.rest[1..end].to_vec();
                assert_eq!(self.rest[0], 0x0b);
                self.rest.drain(..end + 2);
                return Ok(Some(answer));
            }
            let read = timeout(Duration::from_secs(20), self.stream.read(&mut buffer)).await?;
            match read {
                // A line that is closed with bytes unread is reset.
                Ok(0) | Err(_) => return Ok(None),
                Ok(n) => self.rest.extend_from_slice(&buffer[..n]),
            }
        }
    }

    /// Says that nothing more comes; then all answers.
    pub(crate) async fn answers(mut self) -> Result<Vec<Vec<u8>>, Failure> {
        // It may be closed already.
        let _ = self.stream.shutdown().await;
        let mut answers = Vec::new();
        while let Some(answer) = self.answer().await? {
            answers.push(answer);
        }
        Ok(answers)
    }
}

pub(crate) fn frame(message: &[u8]) -> Vec<u8> {
    [&[0x0b], message, END].concat()
}

/// A field of the first segment of that name, as it is written.
pub(crate) fn field(message: &str, segment: &str, number: usize) -> String {
    let line = message.split('\r').find(|line| line.starts_with(segment));
    let number = if segment == "MSH" { number - 1 } else { number };
    let field = line.and_then(|line| line.split('|').nth(number));
    field.unwrap_or_default().to_owned()
}
