use std::path::Path;

use slide::{DecoderCommand, SlideError, SlideFacts};

/// Opens a file of this machine as a slide, to refuse what is none before anything is stored.
///
/// Reads the file and may start the decoder: not for an async thread.
pub fn inspect(path: &Path, decoder: &DecoderCommand) -> Result<SlideFacts, SlideError> {
    slide::open(path, decoder).map(|slide| slide.facts().clone())
}
