use flow::{PixelSize, TileGrid};
use turbojpeg::{Colorspace, Subsamp};

use crate::picture;

/// A minimal DICOM whole-slide instance.
pub(crate) struct DicomFile {
    pub(crate) grid: TileGrid,
    pub(crate) sop_class: &'static str,
    pub(crate) image_type: &'static str,
    pub(crate) organisation: &'static str,
    pub(crate) transfer_syntax: &'static str,
    pub(crate) photometric: &'static str,
    pub(crate) n_frames: usize,
    /// Each frame's fragments; a plain file has one each, laid end to end.
    pub(crate) frames: Vec<Vec<Vec<u8>>>,
    /// Millimetres.
    pub(crate) pixel_spacing: &'static str,
    /// Written between the header and the pixels.
    pub(crate) before_pixels: Vec<u8>,
}

pub(crate) const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
pub(crate) const EXPLICIT: &str = "1.2.840.10008.1.2.1";

impl DicomFile {
    /// Generated frames in YCbCr, one fragment each.
    pub(crate) fn jpeg(width: u32, height: u32, tile: u32) -> Self {
        let grid = TileGrid::new(PixelSize::new(width, height), PixelSize::new(tile, tile));
        let frames: Vec<Vec<Vec<u8>>> = (0..grid.n_tiles() as u32)
            .map(|seed| {
                let rgb = picture::pixels(grid.tile, seed);
                let jpeg = picture::jpeg(grid.tile, &rgb, Colorspace::YCbCr, Subsamp::Sub2x1);
                vec![jpeg]
            })
            .collect();
        Self {
            grid,
            sop_class: "1.2.840.10008.5.1.4.1.1.77.1.6",
            image_type: "ORIGINAL\\PRIMARY\\VOLUME\\NONE",
            organisation: "TILED_FULL",
            transfer_syntax: JPEG_BASELINE,
            photometric: "YBR_FULL_422",
            n_frames: frames.len(),
            frames,
            pixel_spacing: "0.0005\\0.0005",
            before_pixels: Vec::new(),
        }
    }

    /// The same pictures as samples.
    pub(crate) fn plain(width: u32, height: u32, tile: u32) -> Self {
        let mut file = Self::jpeg(width, height, tile);
        file.transfer_syntax = EXPLICIT;
        file.photometric = "RGB";
        for (seed, frame) in file.frames.iter_mut().enumerate() {
            *frame = vec![picture::pixels(file.grid.tile, seed as u32)];
        }
        file
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        let meta = [
            text(0x0002, 0x0002, "UI", self.sop_class),
            text(0x0002, 0x0003, "UI", "2.25.1"),
            text(0x0002, 0x0010, "UI", self.transfer_syntax),
            text(0x0002, 0x0012, "UI", "2.25.2"),
        ]
        .concat();
        file.extend(element(
            0x0002,
            0x0000,
            "UL",
            &(meta.len() as u32).to_le_bytes(),
        ));
        file.extend(meta);
        file.extend(self.data_set());
        file.extend(&self.before_pixels);
        file.extend(self.pixels());
        file
    }

    fn data_set(&self) -> Vec<u8> {
        let us = |group, number, value: u16| element(group, number, "US", &value.to_le_bytes());
        let ul = |group, number, value: u32| element(group, number, "UL", &value.to_le_bytes());
        let tile = self.grid.tile;
        let measures = text(0x0028, 0x0030, "DS", self.pixel_spacing);
        let shared = sequence(0x0028, 0x9110, &measures);
        [
            text(0x0008, 0x0008, "CS", self.image_type),
            text(0x0008, 0x0016, "UI", self.sop_class),
            text(0x0008, 0x0018, "UI", "2.25.1"),
            text(0x0008, 0x0070, "LO", "Maker"),
            text(0x0008, 0x1090, "LO", "Model 1"),
            text(0x0020, 0x000d, "UI", "2.25.3"),
            text(0x0020, 0x000e, "UI", "2.25.4"),
            text(0x0020, 0x9311, "CS", self.organisation),
            us(0x0028, 0x0002, 3),
            text(0x0028, 0x0004, "CS", self.photometric),
            us(0x0028, 0x0006, 0),
            text(0x0028, 0x0008, "IS", &self.n_frames.to_string()),
            us(0x0028, 0x0010, tile.height as u16),
            us(0x0028, 0x0011, tile.width as u16),
            us(0x0028, 0x0100, 8),
            ul(0x0048, 0x0006, self.grid.level.width),
            ul(0x0048, 0x0007, self.grid.level.height),
            sequence(0x0048, 0x0105, &element(0x0028, 0x2000, "OB", b"profile!")),
            sequence(0x5200, 0x9229, &shared),
            sequence(0x5200, 0x9230, &[]),
        ]
        .concat()
    }

    fn pixels(&self) -> Vec<u8> {
        if self.transfer_syntax != JPEG_BASELINE {
            return element(0x7fe0, 0x0010, "OB", &self.frames.concat().concat());
        }
        let mut pixels = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff".to_vec();
        pixels.extend(item(&[]));
        for fragment in self.frames.iter().flatten() {
            pixels.extend(item(fragment));
        }
        pixels.extend(b"\xfe\xff\xdd\xe0\0\0\0\0");
        pixels
    }
}

pub(crate) fn text(group: u16, number: u16, kind: &str, value: &str) -> Vec<u8> {
    let padding = match kind {
        "UI" => 0,
        _ => b' ',
    };
    let mut bytes = value.as_bytes().to_vec();
    if bytes.len() % 2 == 1 {
        bytes.push(padding);
    }
    element(group, number, kind, &bytes)
}

pub(crate) fn element(group: u16, number: u16, kind: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = tag(group, number);
    bytes.extend(kind.as_bytes());
    match kind {
        "OB" | "SQ" => bytes.extend([&[0, 0][..], &length(value)].concat()),
        _ => bytes.extend((value.len() as u16).to_le_bytes()),
    }
    bytes.extend(value);
    bytes
}

/// A sequence of one item, both of defined length.
pub(crate) fn sequence(group: u16, number: u16, value: &[u8]) -> Vec<u8> {
    element(group, number, "SQ", &item(value))
}

fn item(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(0);
    }
    [tag(0xfffe, 0xe000), length(&value).to_vec(), value].concat()
}

fn tag(group: u16, number: u16) -> Vec<u8> {
    [group.to_le_bytes(), number.to_le_bytes()].concat()
}

fn length(value: &[u8]) -> [u8; 4] {
    (value.len() as u32).to_le_bytes()
}
