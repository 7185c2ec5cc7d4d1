use flow::PixelSize;
use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

/// Decodes a JPEG 2000 codestream to interleaved 8-bit RGB; `None` if it is damaged or anything
/// else than an RGB picture of just this size, which is looked at before memory is taken.
pub(super) fn decode(codestream: &[u8], size: PixelSize) -> Option<Vec<u8>> {
    let image = Image::new(codestream, &DecodeSettings::default()).ok()?;
    let is_as_told = (image.width(), image.height()) == (size.width, size.height)
        && matches!(image.color_space(), ColorSpace::RGB)
        && !image.has_alpha()
        && image.original_bit_depth() == 8;
    if !is_as_told {
        return None;
    }
    let mut context = DecoderContext::default();
    let rgb = image.decode(&mut context).ok()?.data_u8();
    (rgb.len() as u64 == size.area() * 3).then_some(rgb)
}
