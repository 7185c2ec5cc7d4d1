use flow::PixelSize;
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

/// A PNG of palette entries (`width * height` of them, row by row). Entry `n` has colour
/// `palette[n]`: red, green, blue and how opaque.
pub(crate) fn encode(
    size: PixelSize,
    entries: &[u8],
    palette: &[[u8; 4]],
) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, size.width, size.height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_palette(
        palette
            .iter()
            .flat_map(|[r, g, b, _]| [*r, *g, *b])
            .collect::<Vec<u8>>(),
    );
    encoder.set_trns(palette.iter().map(|colour| colour[3]).collect::<Vec<u8>>());
    let mut writer = encoder.write_header()?;
    writer.write_image_data(entries)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn the_picture_is_read_back() -> Result<(), Box<dyn std::error::Error>> {
        let palette = [[0, 0, 0, 0], [255, 0, 0, 255], [0, 0, 255, 100]];
        let bytes = encode(PixelSize::new(2, 2), &[0, 1, 2, 1], &palette)?;
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info()?;
        let mut pixels = vec![0; 16];
        let info = reader.next_frame(&mut pixels)?;
        assert_eq!((info.width, info.height), (2, 2));
        assert_eq!(
            pixels,
            [0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 100, 255, 0, 0, 255]
        );
        Ok(())
    }
}
