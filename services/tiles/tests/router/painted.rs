//! A painted slide put into a store frame by frame, so that the tests know every pixel and byte.

use std::collections::HashMap;
use std::error::Error;

use bytes::Bytes;
use flow::{
    AssociatedImage, AssociatedName, LevelFrames, LevelNumber, Mpp, MppSource, ObjectKey,
    PixelRect, PixelSize, PyramidIndex, Sha256Digest, SlideId, SlideManifest, TileGrid, TileIndex,
    TissueMask,
};
use pyramid::RgbImage;
use store::Store;

pub(crate) const MPP: f64 = 0.5;
/// Side of a cell of the tissue mask.
pub(crate) const CELL_UM: f64 = 25.0;

const QUALITY: u8 = 95;
const HEADER: &[u8] = b"stands for a DICOM header";

/// What is in the store.
pub(crate) struct Painted {
    pub(crate) slide: SlideId,
    pub(crate) manifest: SlideManifest,
    /// The source's pixels, level by level.
    pub(crate) levels: Vec<RgbImage>,
    pub(crate) frames: HashMap<(u8, TileIndex), Vec<u8>>,
}

/// How a slide is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) size: PixelSize,
    pub(crate) tile: PixelSize,
    /// Pixels that each level below the first lacks at its right and lower edge, as where a scanner
    /// rounds down.
    pub(crate) short_by: u32,
}

pub(crate) const SQUARE: Shape = Shape {
    size: PixelSize::new(701, 533),
    tile: PixelSize::new(240, 240),
    short_by: 0,
};

impl Painted {
    pub(crate) async fn store(store: &Store, shape: Shape) -> Result<Self, Box<dyn Error>> {
        Self::store_picture(store, paint(shape.size), shape).await
    }

    /// `picture` has the size that `shape` says.
    pub(crate) async fn store_picture(
        store: &Store,
        mut picture: RgbImage,
        shape: Shape,
    ) -> Result<Self, Box<dyn Error>> {
        let slide = SlideId::from_digest(&Sha256Digest::of(format!("{shape:?}").as_bytes()));
        let mut painted = Self {
            slide,
            manifest: manifest(slide, shape)?,
            levels: Vec::new(),
            frames: HashMap::new(),
        };
        let mut index = PyramidIndex { levels: Vec::new() };
        for number in 0.. {
            let level = LevelNumber(number);
            let short_by = if number == 0 { 0 } else { shape.short_by };
            let stored = cut(&picture, short_by);
            let frames = painted.store_level(store, level, &stored, shape.tile);
            index.levels.push(frames.await?);
            painted.levels.push(stored);
            if index.levels[usize::from(number)].grid.n_tiles() == 1 {
                break;
            }
            picture = halved(&picture);
        }
        let index = index.encode();
        painted.manifest.pyramid = Sha256Digest::of(&index);
        store
            .put(&ObjectKey::PyramidIndex(slide), index.into())
            .await?;
        for image in &painted.manifest.associated {
            let key = ObjectKey::Associated(slide, image.name);
            store.put(&key, Bytes::from(image.name.to_string())).await?;
        }
        let manifest = serde_json::to_vec(&painted.manifest)?;
        store
            .put(&ObjectKey::SlideManifest(slide), manifest.into())
            .await?;
        Ok(painted)
    }

    async fn store_level(
        &mut self,
        store: &Store,
        level: LevelNumber,
        picture: &RgbImage,
        tile: PixelSize,
    ) -> Result<LevelFrames, Box<dyn Error>> {
        let grid = TileGrid::new(picture.size, tile);
        let mut object = HEADER.to_vec();
        let mut lengths = Vec::new();
        for index in grid.tiles() {
            let jpeg = pyramid::encode_jpeg_full_colour(&padded(picture, grid, index), QUALITY)?;
            object.extend_from_slice(b"8 bytes.");
            object.extend_from_slice(&jpeg);
            if jpeg.len() % 2 == 1 {
                object.push(0);
            }
            lengths.push(u32::try_from(jpeg.len())?);
            self.frames.insert((level.0, index), jpeg);
        }
        let instance = Sha256Digest::of(&object);
        store
            .put(&ObjectKey::PyramidLevel(self.slide, level), object.into())
            .await?;
        let first_item = HEADER.len() as u64;
        Ok(LevelFrames::new(
            level, grid, instance, first_item, &lengths,
        )?)
    }
}

fn manifest(slide: SlideId, shape: Shape) -> Result<SlideManifest, Box<dyn Error>> {
    let associated = [AssociatedName::Label, AssociatedName::Thumbnail];
    Ok(SlideManifest {
        slide,
        original: Sha256Digest::of(b"original"),
        pyramid: Sha256Digest::of(b"not yet known"),
        format: "painted".to_owned(),
        scanner: None,
        mpp: Mpp::new(MPP)?,
        mpp_source: MppSource::File,
        objective_power: None,
        size: shape.size,
        tile: shape.tile,
        levels: Vec::new(),
        associated: associated
            .map(|name| AssociatedImage {
                name,
                size: PixelSize::new(1, 1),
            })
            .to_vec(),
        deidentification: None,
        icc: None,
        tissue: left_half(shape.size)?,
        uids: None,
    })
}

/// Cells in the left half are tissue.
fn left_half(size: PixelSize) -> Result<TissueMask, flow::FlowError> {
    let cells = |pixels: u32| (f64::from(pixels) * MPP / CELL_UM).ceil() as u32;
    let (columns, rows) = (cells(size.width), cells(size.height));
    let is_left = (0..rows).flat_map(|_| (0..columns).map(move |column| column < columns / 2));
    TissueMask::new(CELL_UM, columns, rows, is_left.collect())
}

fn paint(size: PixelSize) -> RgbImage {
    let wave = |at: u32, length: f64| (f64::from(at) * std::f64::consts::TAU / length).sin();
    let pixels = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let red = 120.0 + 40.0 * wave(x, 591.0) + f64::from(x) / 10.0;
            let green = 130.0 + 40.0 * wave(y, 693.0);
            let blue = 110.0 + 30.0 * wave(x + y, 750.0) + f64::from(y) / 10.0;
            [red, green, blue].map(|channel| channel.clamp(0.0, 255.0) as u8)
        })
        .collect();
    RgbImage { size, pixels }
}

/// Half the size, rounded up, by the mean of two by two pixels; edges are repeated.
fn halved(picture: &RgbImage) -> RgbImage {
    let size = picture.size.downsampled(2);
    let at = |x: u32, y: u32| {
        let (x, y) = (
            x.min(picture.size.width - 1),
            y.min(picture.size.height - 1),
        );
        picture.pixel(x, y).map(u32::from)
    };
    let pixels = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (2 * x, 2 * y)))
        .flat_map(|(x, y)| {
            let four = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
            std::array::from_fn::<u8, 3, _>(|channel| {
                (four.iter().map(|pixel| pixel[channel]).sum::<u32>() / 4) as u8
            })
        })
        .collect();
    RgbImage { size, pixels }
}

/// Without its last `short_by` columns and rows.
fn cut(picture: &RgbImage, short_by: u32) -> RgbImage {
    picture.cropped(PixelRect {
        x: 0,
        y: 0,
        width: picture.size.width - short_by,
        height: picture.size.height - short_by,
    })
}

/// The whole picture at another size: each pixel is the mean of those it covers.
pub(crate) fn shrunk(picture: &RgbImage, size: PixelSize) -> RgbImage {
    let covered = |pixel: u32, from: u32, to: u32| {
        let edge = |pixel: u32| f64::from(pixel) * f64::from(from) / f64::from(to);
        edge(pixel).floor() as u32..(edge(pixel + 1).ceil() as u32).min(from)
    };
    let pixels = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let columns = covered(x, picture.size.width, size.width);
            let rows = covered(y, picture.size.height, size.height);
            let n_pixels = (columns.len() * rows.len()) as u32;
            let mut sums = [0; 3];
            for (x, y) in rows.flat_map(|y| columns.clone().map(move |x| (x, y))) {
                let pixel = picture.pixel(x, y);
                sums = std::array::from_fn(|channel| sums[channel] + u32::from(pixel[channel]));
            }
            sums.map(|sum| (sum / n_pixels) as u8)
        })
        .collect();
    RgbImage { size, pixels }
}

/// The tile in full size; what hangs over the edge is black, the worst a scanner may leave there.
fn padded(picture: &RgbImage, grid: TileGrid, index: TileIndex) -> RgbImage {
    let mut tile = RgbImage::filled(grid.tile, [0; 3]);
    let part = grid.clipped(index).expect("a tile of the grid");
    paste(&mut tile, &picture.cropped(part), 0, 0);
    tile
}

/// Lays `picture` into `canvas`.
pub(crate) fn paste(canvas: &mut RgbImage, picture: &RgbImage, left: u32, top: u32) {
    let PixelSize { width, height } = picture.size;
    for y in 0..height {
        let to = ((top + y) * canvas.size.width + left) as usize * 3;
        let from = (y * width) as usize * 3;
        let n_bytes = width as usize * 3;
        canvas.pixels[to..to + n_bytes].copy_from_slice(&picture.pixels[from..from + n_bytes]);
    }
}

/// Mean absolute difference of two pictures of one size.
pub(crate) fn mean_difference(left: &RgbImage, right: &RgbImage) -> f64 {
    assert_eq!(left.size, right.size);
    let pairs = left.pixels.iter().zip(&right.pixels);
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / left.pixels.len() as f64
}

/// Largest absolute difference of two pictures of one size.
pub(crate) fn worst_difference(left: &RgbImage, right: &RgbImage) -> u8 {
    assert_eq!(left.size, right.size);
    let pairs = left.pixels.iter().zip(&right.pixels);
    pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}
