use flow::PixelSize;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

/// RGB pixels that differ from tile to tile and contain strong reds, so that colours taken the
/// wrong way show.
pub(crate) fn pixels(size: PixelSize, seed: u32) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(size.area() as usize * 3);
    for y in 0..size.height {
        for x in 0..size.width {
            let wave = (x * 3 + y * 5 + seed * 41) % 200;
            rgb.extend([200, wave as u8, (seed * 29 % 100) as u8]);
        }
    }
    rgb
}

pub(crate) fn jpeg(
    size: PixelSize,
    rgb: &[u8],
    colorspace: Colorspace,
    subsamp: Subsamp,
) -> Vec<u8> {
    let mut compressor = Compressor::new().expect("a compressor");
    compressor
        .set_colorspace(colorspace)
        .expect("a colour space");
    compressor.set_subsamp(subsamp).expect("a sampling");
    compressor.set_quality(90).expect("a quality");
    let image = Image {
        pixels: rgb,
        width: size.width as usize,
        pitch: size.width as usize * 3,
        height: size.height as usize,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).expect("a JPEG")
}

pub(crate) fn decode(jpeg: &[u8]) -> Vec<u8> {
    turbojpeg::decompress(jpeg, PixelFormat::RGB)
        .expect("a JPEG that decodes")
        .pixels
}

/// Mean absolute difference of two pictures, in grey values.
pub(crate) fn difference(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / a.len() as f64
}

/// From the start of scan on: what copying must not touch.
pub(crate) fn scan(jpeg: &[u8]) -> &[u8] {
    &jpeg[position_of(jpeg, 0xda)..]
}

/// Drops all segments with these markers from the header.
pub(crate) fn without(jpeg: &[u8], markers: &[u8]) -> Vec<u8> {
    let mut kept = jpeg[..2].to_vec();
    for (marker, segment) in segments(jpeg) {
        if !markers.contains(&marker) {
            kept.extend(segment);
        }
    }
    kept.extend(scan(jpeg));
    kept
}

/// Quantisation and Huffman tables framed as a TIFF's JPEGTables, and the tile without them.
pub(crate) fn split_tables(jpeg: &[u8]) -> (Vec<u8>, Vec<u8>) {
    const TABLES: [u8; 2] = [0xdb, 0xc4];
    let mut tables = vec![0xff, 0xd8];
    for (marker, segment) in segments(jpeg) {
        if TABLES.contains(&marker) {
            tables.extend(segment);
        }
    }
    tables.extend([0xff, 0xd9]);
    (tables, without(jpeg, &TABLES))
}

/// Gives the three components other identifiers, in the frame header and in the scan header.
pub(crate) fn with_identifiers(jpeg: &[u8], identifiers: [u8; 3]) -> Vec<u8> {
    let mut patched = jpeg.to_vec();
    let frame = position_of(jpeg, 0xc0);
    let scan = position_of(jpeg, 0xda);
    for (component, id) in identifiers.into_iter().enumerate() {
        patched[frame + 10 + 3 * component] = id;
        patched[scan + 5 + 2 * component] = id;
    }
    patched
}

fn position_of(jpeg: &[u8], wanted: u8) -> usize {
    let mut at = 2;
    while jpeg[at + 1] != wanted {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    at
}

/// Marker and bytes of every segment before the scan.
fn segments(jpeg: &[u8]) -> Vec<(u8, &[u8])> {
    let end = position_of(jpeg, 0xda);
    let mut at = 2;
    let mut found = Vec::new();
    while at < end {
        let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        found.push((jpeg[at + 1], &jpeg[at..at + length]));
        at += length;
    }
    found
}
