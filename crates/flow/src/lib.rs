//! The words every step of a slide's path shares: ids, geometry, object keys, messages,
//! manifests, bags, predictions, heatmaps and quality.
//!
//! This crate does no I/O and imports no other crate of ours; everything here is a value that can
//! be parsed, checked and written back. Each step of the path reads some of these and writes others
//! (the table is in `ARCHITECTURE.md`).

mod abstention;
mod bag;
mod covariates;
mod deidentification;
mod dicom_image_kind;
mod dicom_uid;
mod digest;
mod embedding_sketch;
mod encoder_terms;
mod error;
mod evidence;
mod geometry;
mod head_precision;
mod heatmap;
mod heatmap_layer;
mod ids;
mod manifest;
mod message;
mod object_key;
mod prediction;
mod prediction_set;
mod private_text;
mod progress;
mod pyramid_index;
mod quality_layer;
mod quality_record;
mod quality_summary;
mod record_ids;
mod result_name;
mod slide_names;
mod slide_uids;
mod status;
mod tenant_name;
mod tile_quality;
mod tissue;
mod trained_mpp;
mod upload_part;
mod urgency;
mod without_flagged;

pub use abstention::Abstention;
pub use bag::{
    BagChunk, BagChunkRef, BagHeader, DeviceKind, INSTANCES_PER_CHUNK, Instance, Precision,
};
pub use covariates::{CovariateRevision, CovariateValues, GivenCovariates};
pub use deidentification::{Deidentification, DeidentificationMethod, PatientPictures};
pub use dicom_image_kind::DicomImageKind;
pub use dicom_uid::{DicomUid, UidRole};
pub use digest::{DigestWriter, Sha256Digest};
pub use embedding_sketch::EmbeddingSketch;
pub use encoder_terms::EncoderTerms;
pub use error::FlowError;
pub use evidence::{DecisiveTile, DecisiveTiles, Evidence, Faithfulness, LayerEvidence};
pub use geometry::{LevelNumber, MicrometreRect, Mpp, PixelRect, PixelSize, TileGrid, TileIndex};
pub use head_precision::HeadPrecision;
pub use heatmap::{Heatmap, ValueRange};
pub use heatmap_layer::HeatmapLayer;
pub use ids::{EncoderRef, SlideId, TaskId, TaskRef, TaskVersion};
pub use manifest::{
    AssociatedImage, IccProfile, LevelSummary, MppSource, SlideManifest, TileOrigin,
};
pub use message::{Message, SlideEmbedded, SlideReceived, SlideScored, SlideShared, SlideTiled};
pub use object_key::{AssociatedName, ObjectKey};
pub use prediction::{Call, ClassProbability, Grade, Prediction, RegulatoryStatus, TopTile};
pub use prediction_set::{PredictionSet, SetBasis};
pub use private_text::{LabelText, NoPrivateText, PrivateName, PrivateRemark, PrivateText};
pub use progress::{Progress, ProgressReport, Stage, StageTiming};
pub use pyramid_index::{FrameRange, LevelFrames, PyramidIndex};
pub use quality_layer::{QualityLayer, QualityUnit};
pub use quality_record::{QualityLayerRef, QualityRecord};
pub use quality_summary::{BlurPercentiles, QualitySummary};
pub use record_ids::{
    AnnotationId, CaseId, ModelAlertId, OrderId, ResultsMessageId, UploadId, WebhookId,
    WebhookMessageId,
};
pub use result_name::ResultName;
pub use slide_names::SlideNames;
pub use slide_uids::SlideUids;
pub use status::{HoldReason, SlideStatus};
pub use tenant_name::TenantName;
pub use tile_quality::{QualityLimits, TileQuality};
pub use tissue::TissueMask;
pub use trained_mpp::{TrainedMpp, UntrainedMpp};
pub use upload_part::UploadPart;
pub use urgency::Urgency;
pub use without_flagged::{Answer, AnswerLeft, AnswerWithout, Verdict, WithoutFlagged};
