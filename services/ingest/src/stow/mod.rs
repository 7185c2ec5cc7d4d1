//! Takes DICOM instances in: the Store transaction of DICOMweb (STOW-RS, PS3.18 section 10.5).
//!
//! Instances come as parts of one body and go to disk as they come; nothing of a request is kept before
//! all of it is there. The instance of full resolution becomes a slide, as the same file does that is
//! pushed. What else a scanner sends of that slide (smaller levels, label, overview, thumbnail) is kept
//! as it came and recorded. What can be neither is refused, each with its reason.

mod answer;
mod boundary;
mod error;
mod inspect;
mod keep;
mod multipart;
mod parts;
mod refusal;
mod request;

pub(crate) use request::router;
