//! Writes one level as a VL Whole Slide Microscopy Image instance (DICOM PS3.3 section A.32.8).

mod acquisition;
mod encapsulated;
mod functional_groups;
mod header;
mod icc;
mod identity;
mod instance_writer;
mod matrix;
mod optical_path;

pub(crate) use encapsulated::{END, padded, tables_bytes};
pub(crate) use header::InstanceFacts;
pub(crate) use icc::profile_in;
pub(crate) use instance_writer::{InstanceWriter, WrittenInstance, scratch_error};
