//! The laboratory's system that is told of results, on this machine.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::lab::Failure;
use crate::line::{END, field, frame};

/// What it makes of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// With this code, and a reason.
    Says(&'static str, &'static str),
    /// Of another message.
    SaysOfAnother,
    /// Without an answer.
    Dies,
    Hangs,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    manner: Mutex<Manner>,
    told: Mutex<Vec<String>>,
}

impl Receiver {
    pub(crate) async fn start(manner: Manner) -> Result<Self, Failure> {
        Self::at("127.0.0.1:0".parse()?, manner).await
    }

    pub(crate) async fn at(address: SocketAddr, manner: Manner) -> Result<Self, Failure> {
        let shared = Arc::new(Shared {
            manner: Mutex::new(manner),
            told: Mutex::default(),
        });
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let hearing = Arc::clone(&shared);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&hearing);
                tokio::spawn(async move { shared.hear(stream).await });
            }
        });
        Ok(Self {
            address,
            shared,
            serving,
        })
    }

    pub(crate) fn change(&self, manner: Manner) {
        *self.shared.manner.lock().expect("no test panics with it") = manner;
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.shared
            .told
            .lock()
            .expect("no test panics with it")
            .clone()
    }

    pub(crate) async fn told_so_many(&self, n: usize) -> Result<Vec<String>, Failure> {
        for _ in 0..1_500 {
            if self.told().len() >= n {
                return Ok(self.told());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(format!("it was told {} times", self.told().len()).into())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    async fn hear(&self, mut stream: TcpStream) {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        while !bytes.ends_with(END) {
            match stream.read(&mut buffer).await {
                Ok(n) if n > 0 => bytes.extend_from_slice(&buffer[..n]),
                _ => return,
            }
        }
        let message = String::from_utf8_lossy(&bytes[1..bytes.len() - 2]).into_owned();
        let control_id = field(&message, "MSH", 10);
        self.told
            .lock()
            .expect("no test panics with it")
            .push(message);
        let manner = *self.manner.lock().expect("no test panics with it");
        let (code, reason, control_id) = match manner {
            Manner::Says(code, reason) => (code, reason, control_id),
            Manner::SaysOfAnother => ("AA", "", "another".to_owned()),
            Manner::Dies => return,
            Manner::Hangs => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                return;
            }
        };
        let answer = format!(
            "MSH|^~\\&|LIS|LAB|COVERSLIP||20261122||ACK^R01^ACK|1|P|2.5.1\rMSA|{code}|{control_id}|{reason}\r"
        );
        // The sender may have gone.
        let _ = stream.write_all(&frame(answer.as_bytes())).await;
    }
}
