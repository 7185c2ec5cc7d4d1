//! The child's side of the decoder: locks itself in, then opens the slide with OpenSlide and
//! answers requests until its standard input ends.

mod codestream;
mod confine;
mod pixels;
mod reader;

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

pub use confine::confine;
use reader::SlideReader;

use crate::decoder::protocol::{Answer, Request};
use crate::facts::Confinement;
use crate::jpeg::JpegQuality;

/// Serves one parent. Call it first thing in a process of its own, on that process's standard input
/// and output, before any other thread exists: the limits cover threads that come later, not
/// earlier ones.
///
/// # Errors
/// When the pipe breaks, the parent speaks another language, or the limits cannot be set.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let Some(Request::Open { path, jpeg_quality }) = Request::read(&mut input)? else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the first request must open a slide",
        ));
    };
    let path = Path::new(OsStr::from_bytes(&path));
    let confinement = confine(path)?;
    let mut service = Service {
        path,
        quality: JpegQuality::new(jpeg_quality),
        confinement,
        reader: None,
    };
    service.open().write(&mut output)?;
    while let Some(request) = Request::read(&mut input)? {
        service.answer(&request).write(&mut output)?;
    }
    Ok(())
}

struct Service<'a> {
    path: &'a Path,
    quality: JpegQuality,
    confinement: Confinement,
    /// `None` after an error, which leaves an OpenSlide handle unusable: the next request opens it
    /// anew.
    reader: Option<SlideReader>,
}

impl Service<'_> {
    fn open(&mut self) -> Answer {
        match SlideReader::open(self.path, self.quality) {
            Ok(reader) => {
                let facts = reader.facts(self.confinement);
                self.reader = Some(reader);
                Answer::Facts(Box::new(facts))
            }
            Err(answer) => answer,
        }
    }

    fn answer(&mut self, request: &Request) -> Answer {
        if self.reader.is_none() || matches!(request, Request::Open { .. }) {
            match self.open() {
                Answer::Facts(_) => {}
                refused => return refused,
            }
        }
        let Some(reader) = &mut self.reader else {
            return Answer::Failed("the slide is not open".to_owned());
        };
        let answered = match request {
            Request::Open { .. } => return Answer::Facts(Box::new(reader.facts(self.confinement))),
            Request::Frame(frame) => reader.frame(frame),
            Request::Associated { name } => reader.associated(name),
        };
        answered.map(Answer::Jpeg).unwrap_or_else(|refused| {
            self.reader = None;
            refused
        })
    }
}
