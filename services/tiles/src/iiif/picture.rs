use flow::PixelSize;
use pyramid::RgbImage;

use super::rendering::{Format, Mirror, Quality, Rotation, Turn};
use crate::error::TilesError;

const JPEG_QUALITY: u8 = 85;

/// Mirrors, turns and compresses a picture.
pub(super) fn finish(
    picture: &RgbImage,
    rotation: Rotation,
    quality: Quality,
    format: Format,
) -> Result<Vec<u8>, TilesError> {
    let picture = turned(picture, rotation);
    match (quality, format) {
        (Quality::Gray, Format::Png) => png(
            picture.size,
            png::ColorType::Grayscale,
            &luminance(&picture),
        ),
        (_, Format::Png) => png(picture.size, png::ColorType::Rgb, &picture.pixels),
        (Quality::Gray, Format::Jpg) => {
            let pixels = luminance(&picture)
                .into_iter()
                .flat_map(|luma| [luma; 3])
                .collect();
            Ok(pyramid::encode_jpeg_full_colour(
                &RgbImage::new(picture.size, pixels)?,
                JPEG_QUALITY,
            )?)
        }
        (_, Format::Jpg) => Ok(pyramid::encode_jpeg_full_colour(&picture, JPEG_QUALITY)?),
    }
}

fn turned(picture: &RgbImage, rotation: Rotation) -> RgbImage {
    let PixelSize { width, height } = picture.size;
    let size = match rotation.turn {
        Turn::None | Turn::Half => picture.size,
        Turn::Quarter | Turn::ThreeQuarters => PixelSize::new(height, width),
    };
    // Where the pixel at (x, y) of the result comes from, before mirroring.
    let source = |x: u32, y: u32| match rotation.turn {
        Turn::None => (x, y),
        Turn::Quarter => (y, height - 1 - x),
        Turn::Half => (width - 1 - x, height - 1 - y),
        Turn::ThreeQuarters => (width - 1 - y, x),
    };
    let pixels = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let (x, y) = source(x, y);
            match rotation.mirror {
                Mirror::Straight => picture.pixel(x, y),
                Mirror::Mirrored => picture.pixel(width - 1 - x, y),
            }
        })
        .collect();
    RgbImage { size, pixels }
}

/// Luma of ITU-R BT.601, as JPEG has it.
fn luminance(picture: &RgbImage) -> Vec<u8> {
    let (pixels, _) = picture.pixels.as_chunks::<3>();
    pixels
        .iter()
        .map(|[r, g, b]| {
            let luma = 299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b);
            ((luma + 500) / 1000) as u8
        })
        .collect()
}

fn png(size: PixelSize, colour: png::ColorType, pixels: &[u8]) -> Result<Vec<u8>, TilesError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size.width, size.height);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two by three pixels: a b / c d / e f.
    fn letters() -> RgbImage {
        let pixels = b"abcdef".iter().flat_map(|letter| [*letter; 3]).collect();
        RgbImage {
            size: PixelSize::new(2, 3),
            pixels,
        }
    }

    fn turn(text: &str) -> Result<String, Box<dyn std::error::Error>> {
        let picture = turned(&letters(), text.parse()?);
        let letters: Vec<u8> = picture.pixels.chunks(3).map(|pixel| pixel[0]).collect();
        let rows = letters.chunks(picture.size.width as usize);
        let rows: Vec<&str> = rows.map(std::str::from_utf8).collect::<Result<_, _>>()?;
        Ok(rows.join("/"))
    }

    #[test]
    fn turns_are_clockwise_after_mirroring() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(turn("0")?, "ab/cd/ef");
        assert_eq!(turn("90")?, "eca/fdb");
        assert_eq!(turn("180")?, "fe/dc/ba");
        assert_eq!(turn("270")?, "bdf/ace");
        assert_eq!(turn("!0")?, "ba/dc/fe");
        assert_eq!(turn("!90")?, "fdb/eca");
        assert_eq!(turn("!180")?, "ef/cd/ab");
        Ok(())
    }

    #[test]
    fn gray_is_gray_in_both_formats() -> Result<(), Box<dyn std::error::Error>> {
        let red = RgbImage::filled(PixelSize::new(16, 16), [255, 0, 0]);
        let jpeg = finish(&red, Rotation::default(), Quality::Gray, Format::Jpg)?;
        let [r, g, b] = pyramid::decode_jpeg(&jpeg)?.pixel(8, 8);
        assert!(r == g && g == b && r.abs_diff(76) <= 1, "{r} {g} {b}");
        let bytes = finish(&red, Rotation::default(), Quality::Gray, Format::Png)?;
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info()?;
        let mut pixels = vec![0; 16 * 16];
        let info = reader.next_frame(&mut pixels)?;
        assert_eq!(info.color_type, png::ColorType::Grayscale);
        assert_eq!(pixels, [76; 256]);
        Ok(())
    }
}
