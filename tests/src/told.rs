use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Head, in small letters, and body of a request.
type Request = (String, Value);

/// What webhooks told a receiver. It ends with the process.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<Request>>>);

impl Told {
    /// Takes everything that comes to `listener`, from now on.
    pub fn to(listener: TcpListener) -> Self {
        let told = Self::default();
        let hearing = told.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Ok(request) = read(stream) {
                    hearing.requests().push(request);
                }
            }
        });
        told
    }

    pub fn all(&self) -> Vec<Request> {
        self.requests().clone()
    }

    pub fn of_kind(&self, kind: &str) -> Vec<Request> {
        let mut all = self.all();
        all.retain(|(_, body)| body["type"] == kind);
        all
    }

    pub fn wait_for(&self, kind: &str) -> Result<Request> {
        let deadline = Instant::now() + Duration::from_secs(90);
        while Instant::now() < deadline {
            if let Some(first) = self.of_kind(kind).into_iter().next() {
                return Ok(first);
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("{kind} was not told in time")
    }

    fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request, answered by 204.
fn read(mut stream: TcpStream) -> Result<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer)?;
        ensure!(n > 0, "the sender has gone");
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_lowercase();
        let length = head.split("content-length: ").nth(1).context("a length")?;
        let length: usize = length.lines().next().context("a length")?.parse()?;
        if body.len() >= length {
            let request = (head.clone(), serde_json::from_str(body)?);
            stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")?;
            return Ok(request);
        }
    }
}
