use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use flow::AssociatedName;

use crate::decoder::child::DecoderChild;
use crate::decoder::protocol::{Answer, DecodedFacts, Request};
use crate::decoder::{DecoderCommand, DecoderOptions};
use crate::error::SlideError;

/// Decoder children of one slide, started when first needed, at most `max_children` at a time.
pub(crate) struct DecoderPool {
    path: PathBuf,
    command: DecoderCommand,
    options: DecoderOptions,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<DecoderChild>,
    n_running: usize,
}

/// What became of opening the slide in a child.
pub(crate) enum OpenedChild {
    Facts(Box<DecodedFacts>),
    UnknownFormat,
}

impl DecoderPool {
    pub(crate) fn new(path: &Path, command: &DecoderCommand, options: DecoderOptions) -> Self {
        Self {
            path: path.to_owned(),
            command: command.clone(),
            options,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Starts the first child and asks what it sees.
    pub(crate) fn open(&self) -> Result<OpenedChild, SlideError> {
        let slot = self.reserve();
        let (child, answer) = self.start()?;
        match answer {
            Answer::Facts(facts) => {
                slot.give_back(child);
                Ok(OpenedChild::Facts(facts))
            }
            Answer::UnknownFormat => Ok(OpenedChild::UnknownFormat),
            other => Err(refusal(other)),
        }
    }

    /// Asks any free child for a picture.
    pub(crate) fn jpeg(&self, request: &Request) -> Result<Vec<u8>, SlideError> {
        let mut slot = self.reserve();
        let mut child = match slot.child.take() {
            Some(child) => child,
            None => match self.start()? {
                (child, Answer::Facts(_)) => child,
                (_, other) => return Err(refusal(other)),
            },
        };
        let answer = child.ask(request)?;
        slot.give_back(child);
        match answer {
            Answer::Jpeg(jpeg) => Ok(jpeg),
            other => Err(refusal(other)),
        }
    }

    pub(crate) fn associated(&self, name: AssociatedName) -> Result<Vec<u8>, SlideError> {
        self.jpeg(&Request::Associated {
            name: name.to_string(),
        })
    }

    fn start(&self) -> Result<(DecoderChild, Answer), SlideError> {
        let mut child = DecoderChild::start(&self.command, self.options.request_timeout)?;
        // The child works in another directory's reach only if the path does not depend on ours.
        let path = std::path::absolute(&self.path).map_err(SlideError::io)?;
        let answer = child.ask(&Request::Open {
            path: path.as_os_str().as_bytes().to_vec(),
            jpeg_quality: self.options.jpeg_quality.get(),
        })?;
        Ok((child, answer))
    }

    /// The right to run one child, with an idle one if there is.
    fn reserve(&self) -> Slot<'_> {
        let mut state = self.lock();
        loop {
            if let Some(child) = state.idle.pop() {
                return Slot {
                    pool: self,
                    child: Some(child),
                };
            }
            if state.n_running < self.options.max_children.max(1) {
                state.n_running += 1;
                return Slot {
                    pool: self,
                    child: None,
                };
            }
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One running child's place. Dropped with the child in it, the child stays for the next caller;
/// dropped empty, the place is free.
struct Slot<'a> {
    pool: &'a DecoderPool,
    child: Option<DecoderChild>,
}

impl Slot<'_> {
    fn give_back(mut self, child: DecoderChild) {
        self.child = Some(child);
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        match self.child.take() {
            Some(child) => state.idle.push(child),
            None => state.n_running -= 1,
        }
        drop(state);
        self.pool.freed.notify_one();
    }
}

fn refusal(answer: Answer) -> SlideError {
    match answer {
        Answer::Failed(what) => SlideError::corrupt(what),
        Answer::UnknownFormat => SlideError::decoder("no longer knows the slide's format"),
        Answer::Facts(_) | Answer::Jpeg(_) => SlideError::decoder("answered another question"),
    }
}
