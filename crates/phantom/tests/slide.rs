//! Slides as files: what a TIFF reader finds in them.

use std::error::Error;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use coverslip_phantom::{Grade, PhantomSpec, PyramidStep, Scene, paint, write_slide};
use flow::{PixelRect, TileIndex};
use tiff::decoder::Decoder;
use tiff::tags::Tag;

fn spec(size: u32, pyramid: PyramidStep) -> Result<PhantomSpec, Box<dyn Error>> {
    let spec = PhantomSpec::benign(size, 5).with_tumour(0.2, Grade::new(2)?);
    Ok(PhantomSpec { pyramid, ..spec })
}

/// Width of each level and its micrometres per pixel.
fn levels(path: &Path) -> Result<Vec<(u32, f64)>, Box<dyn Error>> {
    let mut decoder = Decoder::new(File::open(path)?)?;
    let mut found = Vec::new();
    loop {
        let resolution = decoder.get_tag(Tag::XResolution)?;
        let tiff::decoder::ifd::Value::Rational(numerator, denominator) = resolution else {
            return Err(format!("resolution is {resolution:?}").into());
        };
        let mpp = 1e4 * f64::from(denominator) / f64::from(numerator);
        found.push((decoder.dimensions()?.0, mpp));
        if !decoder.more_images() {
            return Ok(found);
        }
        decoder.next_image()?;
    }
}

/// A tile of level 0 as a complete JPEG: the shared tables, then the tile.
fn tile_jpeg(path: &Path, tile: TileIndex) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut file = File::open(path)?;
    let mut decoder = Decoder::new(file.try_clone()?)?;
    let offsets = decoder.get_tag_u64_vec(Tag::TileOffsets)?;
    let lengths = decoder.get_tag_u64_vec(Tag::TileByteCounts)?;
    let tables = decoder.get_tag_u8_vec(Tag::JPEGTables)?;
    let across = decoder.dimensions()?.0.div_ceil(256);
    let index = (tile.row * across + tile.column) as usize;
    let mut scan = vec![0; lengths[index] as usize];
    file.seek(SeekFrom::Start(offsets[index]))?;
    file.read_exact(&mut scan)?;
    Ok([&tables[..tables.len() - 2], &scan[2..]].concat())
}

#[test]
fn equal_specs_give_equal_bytes_with_any_number_of_threads() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let spec = spec(1500, PyramidStep::Two)?;
    let mut files = Vec::new();
    for threads in [1, 3] {
        let out = folder.path().join(format!("{threads}.tiff"));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()?;
        pool.install(|| write_slide(&spec, &out, &|_| {}))?;
        files.push((fs::read(&out)?, fs::read(out.with_extension("geojson"))?));
    }
    assert!(files[0] == files[1], "the bytes differ");
    let other = folder.path().join("other.tiff");
    write_slide(&PhantomSpec { seed: 6, ..spec }, &other, &|_| {})?;
    assert!(fs::read(other)? != files[0].0, "the seed has no effect");
    Ok(())
}

#[test]
fn all_levels_or_every_second_one() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("slide.tiff");
    write_slide(&spec(2051, PyramidStep::Two)?, &out, &|_| {})?;
    let expected = [
        (2051, 0.25),
        (1026, 0.5),
        (513, 1.0),
        (257, 2.0),
        (129, 4.0),
    ];
    assert_eq!(levels(&out)?, expected);
    write_slide(&spec(2051, PyramidStep::Four)?, &out, &|_| {})?;
    assert_eq!(levels(&out)?, [(2051, 0.25), (513, 1.0), (129, 4.0)]);
    Ok(())
}

#[test]
fn the_slide_shows_what_is_painted() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("slide.tiff");
    let spec = PhantomSpec {
        jpeg_quality: 95,
        ..spec(2048, PyramidStep::Two)?
    };
    write_slide(&spec, &out, &|_| {})?;
    let scene = Scene::new(&spec)?;
    for tile in [
        TileIndex::new(0, 0),
        TileIndex::new(4, 3),
        TileIndex::new(7, 7),
    ] {
        let rect = PixelRect {
            x: 256 * tile.column,
            y: 256 * tile.row,
            width: 256,
            height: 256,
        };
        let painted = paint(&scene, rect, spec.mpp).pixels;
        let jpeg = tile_jpeg(&out, tile)?;
        let decoded = turbojpeg::decompress(&jpeg, turbojpeg::PixelFormat::RGB)?;
        let squares: f64 = painted
            .iter()
            .zip(&decoded.pixels)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
            .sum();
        let deviation = (squares / painted.len() as f64).sqrt();
        assert!(deviation < 8.0, "{tile:?}: {deviation}");
    }
    Ok(())
}

#[test]
fn the_ground_truth_lies_beside_as_geojson() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let spec = spec(2048, PyramidStep::Four)?;
    let truth = write_slide(&spec, &folder.path().join("slide.tiff"), &|_| {})?;
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("slide.geojson"))?)?;
    assert_eq!(json["type"], "FeatureCollection");
    assert_eq!(json["properties"]["grade"], 2);
    let features = json["features"].as_array().ok_or("no features")?;
    let of_class = |name: &str| {
        features
            .iter()
            .filter(|feature| feature["properties"]["classification"]["name"] == name)
            .count()
    };
    assert_eq!(of_class("Tumor"), truth.tumour.len());
    assert_eq!(of_class("Tissue"), truth.tissue.len());
    assert!(!truth.tumour.is_empty() && !truth.tissue.is_empty());
    for feature in features {
        let rings = feature["geometry"]["coordinates"]
            .as_array()
            .ok_or("no rings")?;
        for ring in rings {
            let points = ring.as_array().ok_or("no points")?;
            assert!(points.len() >= 4 && points.first() == points.last());
            assert!(
                points
                    .iter()
                    .flat_map(|p| p.as_array())
                    .flatten()
                    .all(|place| place
                        .as_f64()
                        .is_some_and(|place| (0.0..=2048.0).contains(&place)))
            );
        }
    }
    Ok(())
}

#[test]
fn progress_ends_at_its_total() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |done| seen.lock().expect("no panics").push(done);
    write_slide(
        &spec(1024, PyramidStep::Two)?,
        &folder.path().join("s.tiff"),
        &note,
    )?;
    let seen = seen.into_inner()?;
    assert_eq!(seen.len(), 16 + 4 + 1);
    assert!(seen.iter().any(|progress| progress.done == progress.total));
    assert!(seen.iter().all(|progress| progress.total == 21));
    Ok(())
}

#[test]
fn a_slide_that_cannot_be_written_leaves_nothing() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let spec = spec(512, PyramidStep::Two)?;
    let missing = folder.path().join("missing").join("slide.tiff");
    let error = write_slide(&spec, &missing, &|_| {}).expect_err("there is no such folder");
    assert!(error.to_string().contains("slide.tiff"), "{error}");
    let taken = folder.path().join("taken.tiff");
    fs::create_dir(&taken)?;
    write_slide(&spec, &taken, &|_| {}).expect_err("the name is a folder's");
    let names: Vec<_> = fs::read_dir(folder.path())?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    assert_eq!(names, ["taken.tiff"]);
    Ok(())
}

#[test]
fn a_slide_with_a_label_has_it_behind_its_levels() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("slide.tiff");
    let plain = spec(1024, PyramidStep::Two)?;
    let label = Some("S26-4711 A1".to_owned());
    write_slide(&PhantomSpec { label, ..plain }, &out, &|_| {})?;
    let mut decoder = Decoder::new(File::open(&out)?)?;
    let description = decoder.get_tag_ascii_string(Tag::ImageDescription)?;
    assert!(description.starts_with("Aperio") && description.contains("|MPP = 0.25|"));
    for _level in 0..3 {
        decoder.next_image()?;
    }
    assert!(!decoder.more_images());
    let description = decoder.get_tag_ascii_string(Tag::ImageDescription)?;
    assert!(
        description
            .lines()
            .nth(1)
            .is_some_and(|line| line.starts_with("label "))
    );
    let size = decoder.dimensions()?;
    let tiff::decoder::DecodingResult::U8(rgb) = decoder.read_image()? else {
        return Err("the label is not of bytes".into());
    };
    let size = flow::PixelSize::new(size.0, size.1);
    let picture = label::LabelPicture::of_rgb(size, &rgb).ok_or("a picture")?;
    let read = label::read_barcodes(picture);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].text.reveal(), "S26-4711 A1");
    Ok(())
}
