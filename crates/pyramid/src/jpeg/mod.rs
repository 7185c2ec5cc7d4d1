//! JPEG in and out through libjpeg-turbo, with one decoder and one encoder per thread.

mod decode;
mod encode;
mod frame_model;
mod part;

pub use decode::decode_jpeg;
pub(crate) use decode::{DctScale, decode_scaled, with_decompressor};
pub use encode::{encode_jpeg, encode_jpeg_full_colour};
pub(crate) use encode::{encode_rgb, with_compressor};
pub(crate) use frame_model::FrameModel;
pub(crate) use part::decode_part;
