//! The service on a real store, catalog and queue in a temporary folder, with painted slides.

mod deidentify;
mod dicom_files;
mod identity;
mod lab;
mod receive;
mod resume;
mod run;
mod stow;
mod stow_client;
mod stow_quota;
mod tile;
