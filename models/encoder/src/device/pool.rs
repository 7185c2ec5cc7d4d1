use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use candle_core::Error;

use super::lane::Lane;
use crate::EncoderError;

/// A device that computes no more.
#[derive(Clone, Debug)]
pub struct LostDevice {
    pub name: String,
    pub cause: Arc<Error>,
}

/// Lanes, each on a thread of its own, that take batches from one queue.
///
/// A lane that fails ends: its batch goes to the front of the queue, for the others.
#[derive(Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
    lanes: Vec<JoinHandle<()>>,
    most_images: usize,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Batch>,
    n_working: usize,
    lost: Vec<LostDevice>,
    is_closed: bool,
}

#[derive(Debug)]
struct Batch {
    images: Vec<u8>,
    answer: SyncSender<Result<Vec<f32>, LostDevice>>,
}

impl Pool {
    pub(super) fn start(lanes: Vec<Lane>) -> Result<Self, EncoderError> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                n_working: lanes.len(),
                lost: Vec::new(),
                is_closed: false,
            }),
            changed: Condvar::new(),
        });
        let mut pool = Self {
            shared,
            // What the largest takes: the others take it in parts.
            most_images: lanes.iter().map(|lane| lane.most_images).max().unwrap_or(1),
            lanes: Vec::new(),
        };
        for lane in lanes {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::Builder::new().name(format!("encoder-{}", lane.name));
            let thread = thread.spawn(move || shared.run(lane));
            pool.lanes.push(thread.map_err(EncoderError::LaneThread)?);
        }
        Ok(pool)
    }

    /// Devices at the start, the lost ones included.
    pub(crate) fn n_devices(&self) -> usize {
        self.lanes.len()
    }

    /// Images that a caller best hands over at once.
    pub(crate) fn most_images(&self) -> usize {
        self.most_images
    }

    /// In the order in which they failed.
    pub(crate) fn lost(&self) -> Vec<LostDevice> {
        self.shared.lock().lost.clone()
    }

    /// The embeddings of whole images, one after another. Several callers keep several devices busy.
    ///
    /// # Errors
    /// If the last device is lost.
    pub(crate) fn embed(&self, images: Vec<u8>) -> Result<Vec<f32>, EncoderError> {
        let (answer, answered) = mpsc::sync_channel(1);
        self.shared.hand_over(Batch { images, answer });
        match answered.recv() {
            Ok(Ok(embeddings)) => Ok(embeddings),
            Ok(Err(LostDevice { name, cause })) => Err(EncoderError::DevicesLost { name, cause }),
            // Every batch is answered, or handed on to a lane that does.
            Err(closed) => Err(EncoderError::LaneThread(std::io::Error::other(closed))),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_all();
        for lane in self.lanes.drain(..) {
            // A lane's panics are caught in it.
            let _ = lane.join();
        }
    }
}

impl Shared {
    /// Nothing that runs under the lock panics half way through a change.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand_over(&self, batch: Batch) {
        let mut state = self.lock();
        state.waiting.push_back(batch);
        state.refuse_if_none_works();
        self.changed.notify_one();
    }

    /// Waits for a batch; none when the pool is closed.
    fn next(&self) -> Option<Batch> {
        let waits = |state: &mut State| state.waiting.is_empty() && !state.is_closed;
        let state = self.changed.wait_while(self.lock(), waits);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.waiting.pop_front()
    }

    /// Computes batches until the pool is closed or the device fails.
    fn run(&self, mut lane: Lane) {
        while let Some(batch) = self.next() {
            // A panic is the end of this device too, and not of those who wait for the batch.
            let embedded = catch_unwind(AssertUnwindSafe(|| lane.embed(&batch.images)));
            match embedded.unwrap_or_else(|_| Err(Error::msg("its thread panicked"))) {
                Ok(embeddings) => {
                    // Whoever asked may have gone.
                    let _ = batch.answer.send(Ok(embeddings));
                }
                Err(cause) => return self.lose(lane, batch, cause),
            }
        }
    }

    fn lose(&self, lane: Lane, batch: Batch, cause: Error) {
        let mut state = self.lock();
        state.n_working -= 1;
        state.lost.push(LostDevice {
            name: lane.name,
            cause: Arc::new(cause),
        });
        state.waiting.push_front(batch);
        state.refuse_if_none_works();
        self.changed.notify_one();
    }
}

impl State {
    fn refuse_if_none_works(&mut self) {
        if self.n_working > 0 {
            return;
        }
        let Some(last) = self.lost.last() else { return };
        for batch in self.waiting.drain(..) {
            let _ = batch.answer.send(Err(last.clone()));
        }
    }
}
