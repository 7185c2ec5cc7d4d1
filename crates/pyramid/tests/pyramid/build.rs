use flow::{LevelNumber, PixelRect, PixelSize, PyramidIndex, Sha256Digest, TileGrid, TileOrigin};
use phantom::PyramidStep;
use pyramid::{BuiltPyramid, RgbImage, decode_jpeg};
use slide::Slide;
use test_data::real;

use crate::{TestResult, build, open, phantom};

const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];

/// The frames of a built level, straight from its file.
fn frames(built: &BuiltPyramid, level: usize) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(&built.levels[level].file)?;
    let number = built.levels[level].level;
    let index = built.index.level(number).ok_or("no such level")?;
    let cut =
        |range: std::ops::Range<u64>| bytes[range.start as usize..range.end as usize].to_vec();
    Ok(index
        .frames()
        .iter()
        .map(|frame| cut(frame.bytes()))
        .collect())
}

/// A whole level as a picture, without what hangs over its edge.
fn picture(frames: &[Vec<u8>], grid: TileGrid) -> Result<RgbImage, Box<dyn std::error::Error>> {
    let mut whole = RgbImage::filled(grid.level, [0; 3]);
    let row = grid.level.width as usize * 3;
    for (tile, jpeg) in grid.tiles().zip(frames) {
        let part = grid.clipped(tile).ok_or("outside")?;
        let image = decode_jpeg(jpeg)?.cropped(PixelRect { x: 0, y: 0, ..part });
        for (line, pixels) in image
            .pixels
            .chunks_exact(part.width as usize * 3)
            .enumerate()
        {
            let at = (part.y as usize + line) * row + part.x as usize * 3;
            whole.pixels[at..at + pixels.len()].copy_from_slice(pixels);
        }
    }
    Ok(whole)
}

fn mean_difference(left: &RgbImage, right: &RgbImage) -> f64 {
    assert_eq!(left.size, right.size);
    let pairs = left.pixels.iter().zip(&right.pixels);
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / left.pixels.len() as f64
}

fn origins(built: &BuiltPyramid) -> Vec<TileOrigin> {
    built.levels.iter().map(|level| level.origin).collect()
}

fn assert_copied(slide: &Slide, built: &BuiltPyramid, level: usize, source: usize) -> TestResult {
    let grid = built.levels[level].grid;
    for (tile, frame) in grid.tiles().zip(frames(built, level)?) {
        assert_eq!(frame, slide.frame(source, tile)?, "level {level} {tile:?}");
    }
    Ok(())
}

#[test]
fn levels_of_the_file_are_copied_bit_for_bit() -> TestResult {
    let directory = tempfile::tempdir()?;
    let slide = phantom(&directory, PyramidStep::Two)?;
    let built = build(&slide, directory.path())?;
    assert_eq!(origins(&built), [TileOrigin::Copied; 4]);
    for level in 0..4 {
        assert_copied(&slide, &built, level, level)?;
    }
    Ok(())
}

#[test]
fn missing_levels_look_like_those_of_a_full_pyramid() -> TestResult {
    let directory = tempfile::tempdir()?;
    let full = phantom(&directory, PyramidStep::Two)?;
    let other = tempfile::tempdir()?;
    let slide = phantom(&other, PyramidStep::Four)?;
    let built = build(&slide, other.path())?;
    let expected = [
        TileOrigin::Copied,
        TileOrigin::Halved,
        TileOrigin::Copied,
        TileOrigin::Halved,
    ];
    assert_eq!(origins(&built), expected);
    assert_copied(&slide, &built, 2, 1)?;
    for level in [1, 3] {
        let grid = built.levels[level].grid;
        assert_eq!(grid, full.levels()[level].grid);
        let theirs: Vec<_> = grid
            .tiles()
            .map(|tile| full.frame(level, tile))
            .collect::<Result<_, _>>()?;
        let ours = picture(&frames(&built, level)?, grid)?;
        let difference = mean_difference(&ours, &picture(&theirs, grid)?);
        assert!(difference < 2.5, "level {level}: {difference}");
    }
    Ok(())
}

#[test]
fn the_index_fits_the_files() -> TestResult {
    let directory = tempfile::tempdir()?;
    let slide = phantom(&directory, PyramidStep::Four)?;
    let built = build(&slide, directory.path())?;
    assert_eq!(PyramidIndex::decode(&built.index_bytes)?, built.index);
    assert_eq!(Sha256Digest::of(&built.index_bytes), built.hash);
    for (number, level) in built.levels.iter().enumerate() {
        let bytes = std::fs::read(&level.file)?;
        let index = built
            .index
            .level(LevelNumber(number as u8))
            .ok_or("no level")?;
        assert_eq!(index.instance, Sha256Digest::of(&bytes));
        assert_eq!(level.bytes, bytes.len() as u64);
        assert_eq!(
            level.grid.level,
            slide.facts().size.downsampled(1 << number)
        );
        assert!(
            frames(&built, number)?
                .iter()
                .all(|frame| frame.starts_with(&START_OF_IMAGE))
        );
    }
    Ok(())
}

#[test]
fn building_twice_gives_the_same_bytes() -> TestResult {
    let directory = tempfile::tempdir()?;
    let slide = phantom(&directory, PyramidStep::Four)?;
    let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let first = build(&slide, first.path())?;
    assert_eq!(first.hash, build(&slide, second.path())?.hash);
    Ok(())
}

#[test]
fn an_aperio_slide_gets_all_its_levels() -> TestResult {
    let Some(path) = real("wsi/CMU-1-Small-Region.svs") else {
        return Ok(());
    };
    let directory = tempfile::tempdir()?;
    let slide = open(&path)?;
    let built = build(&slide, directory.path())?;
    let sizes: Vec<_> = built.levels.iter().map(|level| level.grid.level).collect();
    let expected = [
        (2220, 2967),
        (1110, 1484),
        (555, 742),
        (278, 371),
        (139, 186),
    ];
    assert_eq!(
        sizes,
        expected.map(|(width, height)| PixelSize::new(width, height))
    );
    assert_copied(&slide, &built, 0, 0)?;
    let last = decode_jpeg(&frames(&built, 4)?[0])?;
    // Right of the slide's 139 columns the tile goes on with the glass at its edge.
    let row = last.size.width as usize * 3;
    let beyond = last
        .pixels
        .chunks_exact(row)
        .flat_map(|row| &row[139 * 3..]);
    let darkest = beyond.min();
    assert!(darkest > Some(&200), "the edge is dark: {darkest:?}");
    Ok(())
}
