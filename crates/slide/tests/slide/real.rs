use coverslip_slide::{SlideFacts, open};
use flow::{Mpp, PixelSize, TileIndex, TileOrigin};
use openslide_rs::{Address, OpenSlide, Region, Size};
use test_data::real;

use crate::{TestResult, decoder, no_decoder, picture};

/// What OpenSlide shows of a rectangle of level 0, as RGB.
fn oracle(slide: &OpenSlide, x: u32, y: u32, size: PixelSize) -> Vec<u8> {
    let region = Region {
        address: Address { x, y },
        level: 0,
        size: Size {
            w: size.width,
            h: size.height,
        },
    };
    let bgra = slide.read_region(&region).expect("OpenSlide reads");
    bgra.chunks_exact(4)
        .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
        .collect()
}

/// The top left part of a decoded frame.
fn crop(rgb: &[u8], frame: PixelSize, size: PixelSize) -> Vec<u8> {
    rgb.chunks_exact(frame.width as usize * 3)
        .take(size.height as usize)
        .flat_map(|row| row[..size.width as usize * 3].to_vec())
        .collect()
}

fn um(facts: &SlideFacts) -> Option<f64> {
    facts.mpp.map(Mpp::get)
}

#[test]
fn every_tile_of_an_aperio_slide_is_pixel_equal_to_openslide() -> TestResult {
    let Some(path) = real("wsi/CMU-1-Small-Region.svs") else {
        return Ok(());
    };
    let bytes = std::fs::read(&path)?;
    let slide = open(&path, &no_decoder())?;
    assert_eq!(slide.origin(), TileOrigin::Copied);
    assert_eq!(slide.facts().format, "aperio");
    assert_eq!(um(slide.facts()), Some(0.499));
    assert_eq!(slide.facts().associated.len(), 3);
    assert_eq!(slide.levels().len(), 1);
    let grid = slide.levels()[0].grid;
    assert_eq!(grid.level, PixelSize::new(2220, 2967));
    let openslide = OpenSlide::new(&path)?;
    for tile in grid.tiles() {
        let frame = slide.frame(0, tile)?;
        let scan = picture::scan(&frame);
        assert!(
            bytes.windows(scan.len()).any(|window| window == scan),
            "the scan of {tile:?} is not in the file"
        );
        let rect = grid.clipped(tile).ok_or("a tile outside its grid")?;
        let size = PixelSize::new(rect.width, rect.height);
        let ours = crop(&picture::decode(&frame), grid.tile, size);
        assert_eq!(ours, oracle(&openslide, rect.x, rect.y, size), "{tile:?}");
    }
    Ok(())
}

#[test]
fn decoded_slides_show_what_openslide_shows() -> TestResult {
    for (name, format, level, mpp, n_levels) in [
        (
            "tcga-cr-7395-01a-01-ts1.svs",
            "aperio",
            (4443, 3567),
            None,
            1,
        ),
        (
            "test3-DAPI-2-387.ndpi",
            "hamamatsu",
            (3968, 4864),
            Some(0.228),
            7,
        ),
    ] {
        let Some(path) = real(&format!("wsi/{name}")) else {
            return Ok(());
        };
        let slide = open(&path, &decoder())?;
        assert_eq!(slide.origin(), TileOrigin::Transcoded);
        assert_eq!(slide.facts().format, format);
        assert_eq!(slide.facts().size, PixelSize::new(level.0, level.1));
        let rounded = um(slide.facts()).map(|mpp| (mpp * 1000.0).round() / 1000.0);
        assert_eq!(rounded, mpp);
        assert_eq!(slide.levels().len(), n_levels);
        let grid = slide.levels()[0].grid;
        let openslide = OpenSlide::new(&path)?;
        for tile in [TileIndex::new(5, 6), TileIndex::new(grid.columns() - 1, 3)] {
            let rect = grid.clipped(tile).ok_or("a tile outside its grid")?;
            let size = PixelSize::new(rect.width, rect.height);
            let ours = crop(&picture::decode(&slide.frame(0, tile)?), grid.tile, size);
            let theirs = oracle(&openslide, rect.x, rect.y, size);
            let difference = picture::difference(&ours, &theirs);
            assert!(difference < 4.0, "{name} {tile:?} is off by {difference}");
        }
    }
    Ok(())
}

#[test]
fn the_jpeg_2000_slide_keeps_its_colour_profile() -> TestResult {
    let Some(path) = real("wsi/tcga-cr-7395-01a-01-ts1.svs") else {
        return Ok(());
    };
    let slide = open(&path, &decoder())?;
    let icc = slide.facts().icc.as_deref().ok_or("no profile")?;
    assert_eq!(&icc[36..40], b"acsp");
    Ok(())
}

#[test]
fn real_dicom_levels_are_read() -> TestResult {
    for (name, size, mpp, origin) in [
        (
            "ezwsi_multiframe_camelyon_challenge_image.dcm",
            PixelSize::new(1152, 700),
            28.9685,
            TileOrigin::Copied,
        ),
        (
            "highdicom_sm_image.dcm",
            PixelSize::new(50, 50),
            0.499,
            TileOrigin::Transcoded,
        ),
        (
            "boxes_0.dcm",
            PixelSize::new(16, 16),
            0.499,
            TileOrigin::Copied,
        ),
        (
            "boxes_1.dcm",
            PixelSize::new(16, 16),
            0.499,
            TileOrigin::Transcoded,
        ),
    ] {
        let Some(path) = real(&format!("dicom/{name}")) else {
            return Ok(());
        };
        let slide = open(&path, &no_decoder())?;
        assert_eq!(slide.facts().size, size, "{name}");
        assert_eq!(slide.origin(), origin, "{name}");
        let found = um(slide.facts()).ok_or("no mpp")?;
        assert!((found - mpp).abs() < 1e-3, "{name}: {found}");
        let grid = slide.levels()[0].grid;
        for tile in grid.tiles() {
            let decoded = picture::decode(&slide.frame(0, tile)?);
            assert_eq!(decoded.len() as u64, grid.tile.area() * 3, "{name}");
        }
    }
    Ok(())
}
