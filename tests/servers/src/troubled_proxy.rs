use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Stands between a client and a server, and lets their bytes through as it is told.
#[derive(Debug)]
pub struct TroubledProxy {
    endpoint: String,
    state: Arc<State>,
}

/// How bytes go through.
#[derive(Clone, Copy, Debug)]
pub enum Line {
    Good,
    /// A pause before every 16 KiB, both ways.
    Slow(Duration),
    /// For some time as they should; then all connections are cut and no new one is let through
    /// for some time; and so on.
    Flapping {
        good: Duration,
        cut: Duration,
    },
}

#[derive(Debug)]
struct State {
    line: Mutex<Line>,
    began: Instant,
    n_cut: AtomicU64,
    n_requests: AtomicU64,
}

/// Ends the first line of a request, and stands nowhere else in what clients of S3 send.
const END_OF_REQUEST_LINE: &[u8] = b" HTTP/1.1\r\n";

impl TroubledProxy {
    /// In front of `http://HOST:PORT`; all is well at first.
    pub fn start(endpoint: &str) -> Result<Self> {
        let server = endpoint.strip_prefix("http://").context("http://")?;
        let server = server.to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State {
            line: Mutex::new(Line::Good),
            began: Instant::now(),
            n_cut: AtomicU64::new(0),
            n_requests: AtomicU64::new(0),
        });
        let shared = Arc::clone(&state);
        // Ends with the process of the test.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(&server) {
                    connect(client, server, &shared);
                }
            }
        });
        Ok(Self { endpoint, state })
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub fn set(&self, line: Line) {
        *self
            .state
            .line
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// Connections that were cut so far, each way counted.
    pub fn n_cut(&self) -> u64 {
        self.state.n_cut.load(Ordering::Relaxed)
    }

    /// HTTP requests that went through so far.
    pub fn n_requests(&self) -> u64 {
        self.state.n_requests.load(Ordering::Relaxed)
    }
}

impl State {
    fn line(&self) -> Line {
        *self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_cut(&self) -> bool {
        let Line::Flapping { good, cut } = self.line() else {
            return false;
        };
        let at = self.began.elapsed().as_millis() % (good + cut).as_millis();
        at > good.as_millis()
    }
}

fn connect(client: TcpStream, server: TcpStream, state: &Arc<State>) {
    let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let counting = Arc::clone(state);
    thread::spawn(move || {
        let mut requests = Requests::default();
        carry(from, to, &counting, |bytes| {
            let n = requests.count(bytes);
            counting.n_requests.fetch_add(n, Ordering::Relaxed);
        });
    });
    let state = Arc::clone(state);
    thread::spawn(move || carry(server, client, &state, |_| {}));
}

/// Finds the first lines of requests, also where they come in pieces.
#[derive(Default)]
struct Requests {
    /// What a line's end may have begun with.
    before: Vec<u8>,
}

impl Requests {
    fn count(&mut self, bytes: &[u8]) -> u64 {
        self.before.extend_from_slice(bytes);
        let windows = self.before.windows(END_OF_REQUEST_LINE.len());
        let n = windows
            .filter(|window| *window == END_OF_REQUEST_LINE)
            .count();
        let kept = self.before.len().min(END_OF_REQUEST_LINE.len() - 1);
        self.before.drain(..self.before.len() - kept);
        n as u64
    }
}

/// One way, until either end closes or the line is cut.
fn carry(mut from: TcpStream, mut to: TcpStream, state: &State, mut see: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 << 10];
    loop {
        let n = from.read(&mut bytes).unwrap_or(0);
        if let Line::Slow(pause) = state.line() {
            thread::sleep(pause);
        }
        if state.is_cut() {
            state.n_cut.fetch_add(1, Ordering::Relaxed);
            break;
        }
        see(&bytes[..n]);
        if n == 0 || to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    // Either may be closed already.
    let _closed = from.shutdown(Shutdown::Both);
    let _closed = to.shutdown(Shutdown::Both);
}
