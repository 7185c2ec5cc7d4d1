use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use flow::TileGrid;

use crate::descent::{Descent, TILE, TileFrame};
use crate::ground_truth::GroundTruth;
use crate::label_page::{LabelPage, aperio_description};
use crate::pending::Pending;
use crate::tiff::{Directory, Flavour, Span, TableSplit, Tag, TiffWriter, Value};
use crate::{PhantomError, PhantomSpec, Scene};

/// How many of the slide's tiles are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TilesDone {
    pub done: u64,
    pub total: u64,
}

/// Slides up to this side are written as classic TIFF, larger ones as BigTIFF: at the highest
/// JPEG quality a pixel takes under 2 bytes, so all levels of this one stay under 4 GiB.
const CLASSIC_SIDE: u32 = 32_768;

/// Paints the whole slide into `out`, a tiled pyramid of JPEG tiles (YCbCr 4:2:0, 256 px, shared
/// tables, resolution in the tags) that OpenSlide, libvips and libtiff read, with its label as Aperio
/// writes it if it has one, and its ground truth as GeoJSON beside it (same name, extension `geojson`). Both appear under their names only when
/// whole. Equal specs give equal bytes, whatever the number of threads; memory does not grow with
/// the slide. `progress` is called from many threads.
pub fn write_slide(
    spec: &PhantomSpec,
    out: &Path,
    progress: &(dyn Fn(TilesDone) + Sync),
) -> Result<GroundTruth, PhantomError> {
    let scene = Scene::new(spec)?;
    let label = LabelPage::of(spec)?;
    let slide = Pending::beside(out)?;
    write_pyramid(&scene, spec, label.as_ref(), &slide, progress)?;
    let truth = GroundTruth::of(&scene, spec);
    let geojson = Pending::beside(&out.with_extension("geojson"))?;
    serde_json::to_writer(BufWriter::new(geojson.file()), &truth.to_geojson())?;
    slide.publish()?;
    geojson.publish()?;
    Ok(truth)
}

fn write_pyramid(
    scene: &Scene,
    spec: &PhantomSpec,
    label: Option<&LabelPage>,
    slide: &Pending,
    progress: &(dyn Fn(TilesDone) + Sync),
) -> Result<(), PhantomError> {
    let descent = Descent::new(scene, spec, progress);
    let mut levels: Vec<Level> = descent.stored().map(Level::new).collect();
    let flavour = match spec.size {
        ..=CLASSIC_SIDE => Flavour::Classic,
        _ => Flavour::Big,
    };
    let out = BufWriter::with_capacity(1 << 20, slide.file());
    let mut writer = TiffWriter::begin(out, flavour).map_err(|e| slide.error(e))?;
    descent
        .run(&mut |frame| append(&mut writer, &mut levels, &frame).map_err(|e| slide.error(e)))?;
    let tables = TableSplit::new(&scene.blank_tile().to_jpeg(spec.jpeg_quality)?)?.tables;
    let mut directories: Vec<Directory> = levels
        .iter()
        .map(|level| level.directory(spec, &tables))
        .collect();
    if let Some(label) = label {
        directories.push(label.append(&mut writer).map_err(|e| slide.error(e))?);
    }
    writer.finish(&directories).map_err(|e| slide.error(e))?;
    Ok(())
}

fn append(
    writer: &mut TiffWriter<BufWriter<&File>>,
    levels: &mut [Level],
    frame: &TileFrame,
) -> io::Result<()> {
    let span = writer.append(&frame.jpeg)?;
    if let Some(level) = levels.iter_mut().find(|level| level.number == frame.level)
        && let Some(position) = level.grid.position(frame.tile)
    {
        level.spans[position] = span;
    }
    Ok(())
}

/// A stored level and where its tiles went.
struct Level {
    number: u8,
    grid: TileGrid,
    spans: Vec<Span>,
}

impl Level {
    fn new((number, grid): (u8, TileGrid)) -> Self {
        Self {
            number,
            grid,
            spans: vec![Span::default(); grid.n_tiles() as usize],
        }
    }

    fn directory(&self, spec: &PhantomSpec, tables: &[u8]) -> Directory {
        let resolution = self.pixels_per_centimetre(spec);
        let offsets = self.spans.iter().map(|span| span.offset).collect();
        let lengths = self.spans.iter().map(|span| span.length).collect();
        let directory = Directory::default()
            .with(
                Tag::NewSubfileType,
                Value::Longs(vec![u32::from(self.number > 0)]),
            )
            .with(Tag::ImageWidth, Value::Longs(vec![self.grid.level.width]))
            .with(Tag::ImageLength, Value::Longs(vec![self.grid.level.height]))
            .with(Tag::BitsPerSample, Value::Shorts(vec![8; 3]))
            .with(Tag::Compression, Value::Shorts(vec![JPEG]))
            .with(Tag::Photometric, Value::Shorts(vec![YCBCR]))
            .with(Tag::ImageDescription, Value::Text(description(spec)))
            .with(Tag::SamplesPerPixel, Value::Shorts(vec![3]))
            .with(Tag::XResolution, resolution.clone())
            .with(Tag::YResolution, resolution)
            .with(Tag::PlanarConfiguration, Value::Shorts(vec![1]))
            .with(Tag::ResolutionUnit, Value::Shorts(vec![CENTIMETRE]))
            .with(Tag::Software, Value::Text("Coverslip phantom".into()))
            .with(Tag::TileWidth, Value::Longs(vec![TILE]))
            .with(Tag::TileLength, Value::Longs(vec![TILE]))
            .with(Tag::TileOffsets, Value::Offsets(offsets))
            .with(Tag::TileByteCounts, Value::Longs(lengths))
            .with(Tag::JpegTables, Value::Bytes(tables.to_vec()))
            .with(Tag::YCbCrSubsampling, Value::Shorts(vec![2, 2]));
        match &spec.scanner.model {
            Some(model) => directory.with(Tag::Model, Value::Text(model.clone())),
            None => directory,
        }
    }

    fn pixels_per_centimetre(&self, spec: &PhantomSpec) -> Value {
        let mpp = spec.mpp.times(f64::from(1u32 << self.number));
        // Thousandths, so that an mpp that is no round number keeps its digits.
        Value::Rational((1e7 / mpp.get()).round() as u32, 1000)
    }
}

/// Tag values of TIFF 6.0.
const JPEG: u16 = 7;
const YCBCR: u16 = 6;
const CENTIMETRE: u16 = 3;

fn description(spec: &PhantomSpec) -> String {
    let about = format!(
        "Synthetic slide, no patient. seed {} size {} mpp {} tumour {} grade {}",
        spec.seed, spec.size, spec.mpp, spec.tumour_fraction, spec.grade
    );
    match spec.label {
        None => about,
        Some(_) => aperio_description(spec, &about),
    }
}
