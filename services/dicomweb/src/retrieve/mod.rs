//! WADO-RS (PS3.18 section 10.4): instances, their metadata, frames, bulk data, and pictures.

mod bulk_data;
mod frames;
mod instances;
mod metadata;
mod picture_source;
mod pictures;
mod stored;
mod viewport;

pub(crate) use bulk_data::bulk_data;
pub(crate) use frames::frames;
pub(crate) use instances::{instance, series, study};
pub(crate) use metadata::{instance_metadata, series_metadata, study_metadata};
pub(crate) use pictures::{
    frame_thumbnail, instance_thumbnail, rendered_frame, rendered_instance, series_thumbnail,
    study_thumbnail,
};
pub(crate) use viewport::NoViewport;
