use bytes::Bytes;
use flow::DicomUid;
use futures::Stream;
use store::{ReceivedFile, Upload};
use tokio::task::spawn_blocking;

use super::boundary::{Boundary, INSTANCE};
use super::error::StowError;
use super::inspect::{Inspected, inspect};
use super::multipart::{Multipart, PartHead};
use super::refusal::Refused;
use crate::{IngestDeps, StowConfig};

/// Anything may stand before the letters DICM, a program too (PS3.10 section 7.1): it is not kept.
const PREAMBLE: [u8; 128] = [0; 128];

/// An instance that came, in a file of this machine that is gone where nobody keeps it.
pub(super) struct Staged {
    pub(super) file: ReceivedFile,
    pub(super) inspected: Inspected,
}

impl Staged {
    pub(super) const fn is_slide(&self) -> bool {
        self.inspected.slide.is_some()
    }
}

/// Every part of a whole body. Memory does not grow with it: parts go to disk as they come, and those
/// that are refused are gone at once.
pub(super) async fn receive_parts<S, E>(
    deps: &IngestDeps,
    config: StowConfig,
    body: S,
    boundary: &Boundary,
    study: Option<&DicomUid>,
) -> Result<Vec<Result<Staged, Refused>>, StowError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut multipart = Multipart::new(body, boundary, config.most_bytes);
    let mut parts = Vec::new();
    while let Some(head) = multipart.next_part().await? {
        let most = config.most_instances;
        if parts.len() == most {
            return Err(StowError::TooMany { most });
        }
        check_type(head, parts.len() + 1)?;
        let mut upload = InstanceUpload::start(deps).await?;
        while let Some(piece) = multipart.next_piece().await? {
            telemetry::upload_bytes(piece.len() as u64);
            upload.write(&piece).await?;
        }
        parts.push(stage(deps, upload.upload.finish().await?, study).await?);
    }
    match parts.is_empty() {
        true => Err(StowError::NoParts),
        false => Ok(parts),
    }
}

/// A part that does not say what it is is what the whole body says.
fn check_type(head: PartHead, number: usize) -> Result<(), StowError> {
    let Some(found) = head.content_type else {
        return Ok(());
    };
    let kind = found.split(';').next().unwrap_or_default().trim();
    match kind.eq_ignore_ascii_case(INSTANCE) {
        true => Ok(()),
        false => Err(StowError::PartType {
            number,
            found: kind.chars().take(80).collect(),
        }),
    }
}

async fn stage(
    deps: &IngestDeps,
    file: ReceivedFile,
    study: Option<&DicomUid>,
) -> Result<Result<Staged, Refused>, StowError> {
    let (decoder, study) = (deps.decoder.clone(), study.cloned());
    let look = move || {
        let looked = inspect(file.path(), &decoder, study.as_ref());
        looked.map(|inspected| inspected.map(|inspected| Staged { file, inspected }))
    };
    spawn_blocking(look).await?.map_err(StowError::Inspect)
}

struct InstanceUpload {
    upload: Upload,
    /// Of the preamble.
    n_zeroed: usize,
}

impl InstanceUpload {
    async fn start(deps: &IngestDeps) -> Result<Self, StowError> {
        Ok(Self {
            upload: deps.store.receive().await?,
            n_zeroed: 0,
        })
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), StowError> {
        let n_of_preamble = bytes.len().min(PREAMBLE.len() - self.n_zeroed);
        self.n_zeroed += n_of_preamble;
        self.upload.write(&PREAMBLE[..n_of_preamble]).await?;
        Ok(self.upload.write(&bytes[n_of_preamble..]).await?)
    }
}
