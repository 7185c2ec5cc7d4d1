use std::ffi::OsString;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::jpeg::JpegQuality;

/// How to start the decoder child: a program that calls [`crate::decode_child::serve`] on its
/// standard input and output. It is started with an empty environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecoderCommand {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

/// How decoded formats are read.
#[derive(Clone, Copy, Debug)]
pub struct DecoderOptions {
    /// Of frames that cannot be copied. 4:2:0 sampling.
    pub jpeg_quality: JpegQuality,
    /// A child that takes longer over one request is killed.
    pub request_timeout: Duration,
    /// One child decodes for one calling thread at a time; further callers wait.
    pub max_children: usize,
}

impl Default for DecoderOptions {
    fn default() -> Self {
        Self {
            jpeg_quality: JpegQuality::default(),
            request_timeout: Duration::from_secs(60),
            max_children: available_parallelism().map_or(1, usize::from),
        }
    }
}
