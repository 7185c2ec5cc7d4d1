use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use aws_sdk_s3::primitives::{ByteStream, Length};
use bytes::Bytes;
use flow::{DigestWriter, Sha256Digest};

/// Bytes read from a file at a time.
const CHUNK: usize = 256 * 1024;

/// The running digest of all that was hashed so far.
pub(super) type Running = DigestWriter<io::Sink>;

/// What is sent to S3: read from where it lies as it goes, so that memory does not grow with it.
#[derive(Clone)]
pub(super) enum Body {
    Memory(Bytes),
    File(Arc<Path>),
}

/// A body with what is known of it beforehand.
#[derive(Clone)]
pub(super) struct Parcel {
    pub(super) body: Body,
    pub(super) size: u64,
    pub(super) digest: Sha256Digest,
}

impl Parcel {
    /// Reads and hashes; blocks.
    pub(super) fn of(body: Body) -> io::Result<Self> {
        let size = match &body {
            Body::Memory(bytes) => bytes.len() as u64,
            Body::File(path) => path.metadata()?.len(),
        };
        let digest = body.hash(&(0..size), &mut Running::new(io::sink()))?;
        Ok(Self { body, size, digest })
    }
}

impl Body {
    /// The digest of a part, which `running` goes through as well; blocks.
    pub(super) fn hash(
        &self,
        part: &Range<u64>,
        running: &mut Running,
    ) -> io::Result<Sha256Digest> {
        let mut both = DigestWriter::new(running);
        match self {
            Self::Memory(bytes) => io::copy(&mut &slice(bytes, part)?[..], &mut both)?,
            Self::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(part.start))?;
                let part = file.take(part.end - part.start);
                io::copy(&mut io::BufReader::with_capacity(CHUNK, part), &mut both)?
            }
        };
        Ok(both.finish().1)
    }

    /// A part as the SDK sends it, and sends it again where it must.
    pub(super) async fn stream(&self, part: Range<u64>) -> io::Result<ByteStream> {
        match self {
            Self::Memory(bytes) => slice(bytes, &part).map(ByteStream::from),
            Self::File(path) => ByteStream::read_from()
                .path(path)
                .offset(part.start)
                .length(Length::Exact(part.end - part.start))
                .buffer_size(CHUNK)
                .build()
                .await
                .map_err(io::Error::other),
        }
    }
}

fn slice(bytes: &Bytes, part: &Range<u64>) -> io::Result<Bytes> {
    let start = usize::try_from(part.start).map_err(io::Error::other)?;
    let end = usize::try_from(part.end).map_err(io::Error::other)?;
    Ok(bytes.slice(start..end))
}
