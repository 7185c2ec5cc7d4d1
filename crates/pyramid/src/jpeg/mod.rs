//! JPEG in and out through libjpeg-turbo, with one decoder and one encoder per thread.

mod decode;
mod encode;

pub use decode::decode_jpeg;
pub(crate) use decode::{DctScale, decode_into, decode_scaled};
pub use encode::encode_jpeg;
