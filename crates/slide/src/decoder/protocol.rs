//! What parent and child say to each other: length-prefixed messages, little-endian.
//!
//! A request is its length (4 bytes) and JSON. An answer is its length (4 bytes), one byte that
//! tells its kind, and JSON, a JPEG or a text.

use std::io::{self, Read, Write};

use flow::LabelText;
use serde::{Deserialize, Serialize};

use crate::facts::Confinement;

const MAX_REQUEST_BYTES: u32 = 1 << 20;
/// Frames are far smaller; the largest macro images are a few megabytes.
const MAX_ANSWER_BYTES: u32 = 64 << 20;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Must be the first: the child locks itself in before it touches the file.
    Open {
        path: Vec<u8>,
        jpeg_quality: u8,
    },
    Frame(FrameRequest),
    Associated {
        name: String,
    },
}

/// A rectangle of one level, in its pixels; the JPEG is padded to the tile's size by repeating the
/// last column and row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FrameRequest {
    pub(crate) level: u32,
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) tile_width: u32,
    pub(crate) tile_height: u32,
    /// Where the tile's JPEG 2000 codestream lies in the file, as offset and length: to be decoded
    /// directly, and through OpenSlide only if that fails.
    pub(crate) codestream: Option<(u64, u32)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Facts(Box<DecodedFacts>),
    Jpeg(Vec<u8>),
    /// OpenSlide does not know the format.
    UnknownFormat,
    /// OpenSlide's words, without the file's name.
    Failed(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DecodedFacts {
    pub(crate) vendor: String,
    /// x and y.
    pub(crate) mpp: Option<(f64, f64)>,
    pub(crate) objective_power: Option<f64>,
    pub(crate) background: [u8; 3],
    pub(crate) levels: Vec<DecodedLevel>,
    pub(crate) associated: Vec<String>,
    pub(crate) barcode: Option<LabelText>,
    pub(crate) confinement: Confinement,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DecodedLevel {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The side of the file's own square tiles.
    pub(crate) tile: Option<u32>,
}

impl Request {
    pub(crate) fn encode(&self) -> io::Result<Vec<u8>> {
        let body = serde_json::to_vec(self)?;
        let mut message = (body.len() as u32).to_le_bytes().to_vec();
        message.extend(body);
        Ok(message)
    }

    /// `None` once the parent has closed its end.
    pub(crate) fn read(input: &mut impl Read) -> io::Result<Option<Self>> {
        let mut length = [0; 4];
        match input.read_exact(&mut length) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let length = u32::from_le_bytes(length);
        if length > MAX_REQUEST_BYTES {
            return Err(invalid("a request is too long"));
        }
        let mut body = vec![0; length as usize];
        input.read_exact(&mut body)?;
        Ok(Some(serde_json::from_slice(&body)?))
    }
}

impl Answer {
    const FACTS: u8 = 0;
    const JPEG: u8 = 1;
    const UNKNOWN_FORMAT: u8 = 2;
    const FAILED: u8 = 3;

    pub(crate) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        let facts;
        let (kind, body): (u8, &[u8]) = match self {
            Self::Facts(decoded) => {
                facts = serde_json::to_vec(decoded)?;
                (Self::FACTS, &facts)
            }
            Self::Jpeg(jpeg) => (Self::JPEG, jpeg),
            Self::UnknownFormat => (Self::UNKNOWN_FORMAT, &[]),
            Self::Failed(text) => (Self::FAILED, text.as_bytes()),
        };
        let mut head = [0; 5];
        head[..4].copy_from_slice(&(body.len() as u32 + 1).to_le_bytes());
        head[4] = kind;
        output.write_all(&head)?;
        output.write_all(body)?;
        output.flush()
    }

    /// The child is not trusted: its length is bounded and its words are checked.
    pub(crate) fn read(input: &mut impl Read) -> io::Result<Self> {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length == 0 || length > MAX_ANSWER_BYTES {
            return Err(invalid("an answer has an impossible length"));
        }
        let mut kind = [0];
        input.read_exact(&mut kind)?;
        let mut body = vec![0; length as usize - 1];
        input.read_exact(&mut body)?;
        match kind[0] {
            Self::FACTS => Ok(Self::Facts(serde_json::from_slice(&body)?)),
            Self::JPEG => Ok(Self::Jpeg(body)),
            Self::UNKNOWN_FORMAT => Ok(Self::UnknownFormat),
            Self::FAILED => Ok(Self::Failed(String::from_utf8_lossy(&body).into_owned())),
            _ => Err(invalid("an answer is of an unknown kind")),
        }
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_arrive_as_sent() -> io::Result<()> {
        let request = Request::Open {
            path: b"/a/\xff".to_vec(),
            jpeg_quality: 80,
        };
        let bytes = request.encode()?;
        assert_eq!(Request::read(&mut bytes.as_slice())?, Some(request));
        assert_eq!(Request::read(&mut [].as_slice())?, None);
        for answer in [
            Answer::Jpeg(vec![1, 2, 3]),
            Answer::UnknownFormat,
            Answer::Failed("no".to_owned()),
        ] {
            let mut bytes = Vec::new();
            answer.write(&mut bytes)?;
            assert_eq!(Answer::read(&mut bytes.as_slice())?, answer);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn nonsense_is_an_error_and_never_a_crash(bytes: Vec<u8>) {
            let _ = Answer::read(&mut bytes.as_slice());
        }
    }

    #[test]
    fn an_endless_answer_is_refused_before_it_is_read() {
        let bytes = u32::MAX.to_le_bytes();
        assert!(Answer::read(&mut bytes.as_slice()).is_err());
    }
}
