use catalog::{AuditAction, AuditEvent, DicomEntity, KeptInstance, NewDicomInstance, UploadQuota};
use chrono::Utc;
use flow::{
    DicomImageKind, ObjectKey, Sha256Digest, SlideId, SlideReceived, SlideUids, Stage, TileOrigin,
};
use serde_json::json;
use store::ReceivedFile;
use telemetry::{TraceContext, UploadOutcome};

use super::parts::Staged;
use super::refusal::{InstanceName, Reason, Refused};
use crate::quota::ensure_slides_left;
use crate::receive::{Deidentify, accept, is_too_late, receiving};
use crate::tile::was_made_here;
use crate::{Arrival, IngestDeps, ReceiveError};

/// Who stores, and what they did when they sent it.
pub(super) struct Sender {
    pub(super) bearer: String,
    /// What its slides are counted under.
    pub(super) key: Sha256Digest,
    pub(super) deidentify: Deidentify,
    pub(super) trace: Option<TraceContext>,
}

/// An instance that is stored.
pub(super) struct Stored {
    pub(super) name: InstanceName,
    pub(super) uids: SlideUids,
    /// How it can be had back under its UIDs.
    pub(super) shown: Shown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As the instance of full resolution of its series.
    Instance,
    /// As a series whose pixels were compressed here.
    Series,
    /// It is kept, and not shown.
    Not,
}

/// Stores what was received. The record comes first: of two who send other bytes under one UID at once,
/// one is recorded, and the other refused. Stored once more it is the same instance.
pub(super) async fn keep(
    deps: &IngestDeps,
    quota: UploadQuota,
    sender: &Sender,
    staged: Staged,
) -> Result<Result<Stored, Refused>, ReceiveError> {
    let Staged { file, inspected } = staged;
    let slide = inspected
        .slide
        .map(|_origin| SlideId::from_digest(&file.digest));
    let new = NewDicomInstance {
        uids: inspected.instance.uids.clone(),
        kind: inspected.instance.kind,
        digest: file.digest,
        n_bytes: file.n_bytes,
        slide,
    };
    if let Some(slide) = slide
        && let Some(reason) = obstacle(deps, quota, sender, slide).await?
    {
        return Ok(Err(Refused {
            reason,
            name: Some(inspected.name),
        }));
    }
    let is_taken = was_made_here(&deps.catalog, &inspected.instance).await?;
    let kept = match is_taken {
        true => KeptInstance::OtherBytes,
        false => deps.catalog.keep_instance(&new).await?,
    };
    if kept == KeptInstance::OtherBytes {
        return Ok(Err(Refused {
            reason: Reason::OtherBytes,
            name: Some(inspected.name),
        }));
    }
    put(deps, sender, file, &new, kept).await?;
    Ok(Ok(Stored {
        name: inspected.name,
        uids: inspected.instance.uids,
        shown: match inspected.slide {
            Some(TileOrigin::Copied) => Shown::Instance,
            Some(TileOrigin::Transcoded | TileOrigin::Halved) => Shown::Series,
            None => Shown::Not,
        },
    }))
}

/// One of full resolution is received as every slide; any other is kept as it came.
async fn put(
    deps: &IngestDeps,
    sender: &Sender,
    file: ReceivedFile,
    new: &NewDicomInstance,
    kept: KeptInstance,
) -> Result<(), ReceiveError> {
    let Some(slide) = new.slide else {
        let key = ObjectKey::DicomInstance(new.digest);
        deps.store.adopt(file, &key).await?;
        note(deps, sender, new, kept).await?;
        return match new.kind {
            DicomImageKind::Label => announce_label(deps, &new.uids).await,
            _ => Ok(()),
        };
    };
    let arrival = Arrival {
        bearer: sender.bearer.clone(),
        file_name: None,
        digest: None,
        mpp: None,
        deidentify: sender.deidentify,
        trace: sender.trace.clone(),
    };
    receiving(sender.trace.clone(), accept(deps, file, arrival, None)).await?;
    let counted = deps
        .catalog
        .note_owner_slide(&sender.key, slide, Utc::now());
    Ok(counted.await?)
}

/// Why a slide is not taken, whatever its file is like.
async fn obstacle(
    deps: &IngestDeps,
    quota: UploadQuota,
    sender: &Sender,
    slide: SlideId,
) -> Result<Option<Reason>, ReceiveError> {
    if is_too_late(deps, slide, sender.deidentify).await? {
        return Ok(Some(Reason::LabelKept));
    }
    let may_bring = may_bring(deps, quota, sender, slide).await?;
    Ok((!may_bring).then_some(Reason::TooManySlides))
}

/// One that is here costs nothing once more: a sender that lost the answer is told what it was told.
async fn may_bring(
    deps: &IngestDeps,
    quota: UploadQuota,
    sender: &Sender,
    slide: SlideId,
) -> Result<bool, ReceiveError> {
    if deps.catalog.slide(slide).await?.is_some() {
        return Ok(true);
    }
    match ensure_slides_left(deps, quota, &sender.key).await {
        Ok(()) => Ok(true),
        Err(ReceiveError::TooManySlides { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The tile step looks again at slides whose label came after them.
async fn announce_label(deps: &IngestDeps, uids: &SlideUids) -> Result<(), ReceiveError> {
    let IngestDeps { catalog, queue, .. } = deps;
    let series = DicomEntity::Series;
    for slide in catalog.slides_by_dicom_uid(series, &uids.series).await? {
        queue.publish(&SlideReceived { slide }).await?;
    }
    Ok(())
}

/// Counts an instance that was refused.
pub(super) fn note_refused(reason: Reason) {
    telemetry::upload_ended(UploadOutcome::Failed);
    telemetry::step_failed(Stage::Receive, reason.kind());
}

/// A slide's arrival is noted as that of every slide.
async fn note(
    deps: &IngestDeps,
    sender: &Sender,
    new: &NewDicomInstance,
    kept: KeptInstance,
) -> Result<(), ReceiveError> {
    let is_known = kept == KeptInstance::Known;
    let event = AuditEvent {
        actor: sender.bearer.clone(),
        action: AuditAction::InstanceKept,
        slide: None,
        detail: json!({
            "kind": new.kind.name(),
            "digest": new.digest,
            "n_bytes": new.n_bytes,
            "known": is_known,
        }),
    };
    deps.catalog.audit(event).await?;
    telemetry::upload_ended(match is_known {
        true => UploadOutcome::Known,
        false => UploadOutcome::New,
    });
    Ok(())
}
