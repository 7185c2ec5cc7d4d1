use std::io;
use std::sync::Arc;

use flow::FlowError;
use parameters::ParametersError;
use thiserror::Error;

use crate::Device;

/// What can go wrong with an encoder.
#[derive(Debug, Error)]
pub enum EncoderError {
    #[error("encoder.json cannot be read")]
    Json(#[from] serde_json::Error),
    #[error("encoder.json is not a possible encoder: {0}")]
    Config(String),
    #[error(
        "the weights of encoder `{name}` are not those its encoder.json names; \
         fetch the right weights file or correct `weights_sha256`"
    )]
    WeightsDigest {
        name: String,
        #[source]
        source: FlowError,
    },
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error("the file does not fit encoder `{name}`: {report}")]
    Misfit { name: String, report: String },
    #[error("the weights file cannot be read")]
    Weights(#[from] weights::WeightsError),
    #[error("the weights cannot be written as safetensors")]
    Safetensors(#[from] safetensors::SafeTensorError),
    #[error(
        "tile {index} has side {side} and {n_bytes} bytes; \
         the encoder takes RGB tiles of side {expected}"
    )]
    Tile {
        index: usize,
        side: u32,
        n_bytes: usize,
        expected: u32,
    },
    #[error("a picture of {width} x {height} needs {} bytes of RGB, not {n_bytes}", 3 * .width * .height)]
    Picture {
        width: usize,
        height: usize,
        n_bytes: usize,
    },
    #[error("the vocabulary cannot be read")]
    VocabularyText(#[source] std::io::Error),
    #[error(
        "the vocabulary has {found} merges where CLIP's has {expected}; take OpenAI's \
         bpe_simple_vocab_16e6.txt.gz"
    )]
    Vocabulary { found: usize, expected: usize },
    #[error("the words of a text cannot be told apart")]
    Words(#[from] regex::Error),
    #[error("the prompts cannot be read")]
    PromptsJson(#[source] serde_json::Error),
    #[error("the prompts are no prompts: {0}")]
    Prompts(&'static str),
    #[error("encoder `{0}` has no text tower; zero-shot scoring needs a CLIP-like encoder")]
    NoText(String),
    #[error(
        "encoder `{encoder}` was trained at {trained} um per pixel, not at {asked}; choose one of \
         these, or allow an untrained mpp, which every result then says"
    )]
    UntrainedMpp {
        encoder: String,
        trained: String,
        asked: String,
    },
    #[error(
        "encoder `{name}` loses too much in int8: its embeddings of {n_tiles} painted tiles have a \
         cosine of {cosine:.4} with those in f32, where {least} is the least; take `--precision f32`"
    )]
    Int8Loss {
        name: String,
        n_tiles: usize,
        /// The lowest of all tiles.
        cosine: f64,
        least: f64,
    },
    #[error("the tiles that int8 is tried on cannot be painted")]
    Trial(#[from] phantom::PhantomError),
    #[error("the threads of the encoder cannot be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error("training cannot start: {0}")]
    Training(String),
    #[error(transparent)]
    Kernels(#[from] kernels::KernelsError),
    #[error("`{0}` is no device: take cpu, cuda, or cuda:N[,M...] with numbers from 0 to 63")]
    DeviceName(String),
    #[error(
        "there is no {device} for this program, which was built without NVIDIA GPUs: take \
         `--device cpu`, or a program that `make cuda` built"
    )]
    BuiltWithoutGpus { device: Device },
    #[error(
        "{name} cannot be opened: see whether `nvidia-smi` lists it and its driver knows CUDA 13.0, or \
         take `--device cpu`"
    )]
    DeviceOpen {
        name: String,
        #[source]
        source: Box<candle_core::Error>,
    },
    #[error(
        "{name} does not run the encoder; where its memory is too small, free some of it or take \
         another device"
    )]
    DeviceStart {
        name: String,
        #[source]
        source: Box<ParametersError>,
    },
    #[error("{device} does not compute in int8: take `--precision bf16`, or `--device cpu`")]
    DevicePrecision { device: Device },
    #[error("{name} failed, and no other device is left: look at its driver, then start it again")]
    DevicesLost {
        name: String,
        #[source]
        cause: Arc<candle_core::Error>,
    },
    #[error("the thread of a device cannot be kept up")]
    LaneThread(#[source] io::Error),
    #[error("the forward pass failed")]
    Tensor(#[from] candle_core::Error),
}
