//! The queue within one process.

mod dead_letters;
mod messages;
mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use stream::{Hold, Stream};

/// The streams of a queue, made as they are asked for. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<&'static str, Arc<Stream>>>>);

impl Streams {
    pub(crate) fn get(&self, name: &'static str) -> Arc<Stream> {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(streams.entry(name).or_default())
    }
}
