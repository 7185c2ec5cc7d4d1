use coverslip_slide::SlideError;
use flow::{PixelSize, TileIndex, TileOrigin};
use turbojpeg::{Colorspace, Subsamp};

use crate::tiff_file::{Layout, Page, write};
use crate::{TestResult, open_bytes, picture};

/// Opens the page alone and checks that every tile is its own scan, bit for bit, in a JPEG that
/// decodes to the colours it was made from; returns the first frame.
fn check_copied(page: Page, layout: Layout) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let file = write(std::slice::from_ref(&page), layout);
    let slide = open_bytes(&file)?;
    assert_eq!(slide.origin(), TileOrigin::Copied);
    assert_eq!(slide.facts().format, "generic-tiff");
    let grid = slide.levels()[0].grid;
    assert_eq!(grid, page.grid);
    for (seed, tile) in grid.tiles().enumerate() {
        let frame = slide.frame(0, tile)?;
        assert_eq!(picture::scan(&frame), picture::scan(&page.tiles[seed]));
        assert_eq!(slide.frame_length(0, tile), Some(frame.len() as u32));
        let expected = picture::pixels(grid.tile, seed as u32);
        let difference = picture::difference(&picture::decode(&frame), &expected);
        assert!(difference < 8.0, "tile {tile:?} is off by {difference}");
    }
    Ok(slide.frame(0, TileIndex::new(0, 0))?)
}

#[test]
fn complete_tiles_come_out_as_they_are() -> TestResult {
    let page = Page::generated(500, 300, 240);
    let first = page.tiles[0].clone();
    assert_eq!(check_copied(page, Layout::Classic)?, first);
    Ok(())
}

#[test]
fn shared_tables_are_spliced_in_every_layout() -> TestResult {
    for layout in [
        Layout::Classic,
        Layout::BigLittleEndian,
        Layout::BigBigEndian,
    ] {
        check_copied(Page::generated(500, 300, 240).with_shared_tables(), layout)?;
    }
    Ok(())
}

/// What Aperio writes: RGB samples, components numbered 1, 2, 3 and no marker.
fn unmarked_rgb(width: u32, height: u32, tile: u32) -> Page {
    let mut page = Page::generated(width, height, tile);
    page.photometric = 2;
    for (seed, jpeg) in page.tiles.iter_mut().enumerate() {
        let rgb = picture::pixels(page.grid.tile, seed as u32);
        let marked = picture::jpeg(page.grid.tile, &rgb, Colorspace::RGB, Subsamp::None);
        let unmarked = picture::without(&marked, &[0xe0, 0xee]);
        *jpeg = picture::with_identifiers(&unmarked, [1, 2, 3]);
    }
    page
}

#[test]
fn rgb_tiles_are_marked_as_rgb() -> TestResult {
    let page = unmarked_rgb(500, 300, 256);
    let grid = page.grid;
    let unmarked = picture::decode(&page.tiles[0]);
    let wrong = picture::difference(&unmarked, &picture::pixels(grid.tile, 0));
    assert!(
        wrong > 30.0,
        "the fixture does not show the mistake: {wrong}"
    );
    let first = check_copied(page, Layout::Classic)?;
    assert_eq!(first[2..6], [0xff, 0xee, 0, 0x0e]);
    assert_eq!(&first[6..11], b"Adobe");
    assert_eq!(first[17], 0);
    check_copied(
        unmarked_rgb(500, 300, 256).with_shared_tables(),
        Layout::Classic,
    )?;
    Ok(())
}

#[test]
fn rgb_tiles_that_say_so_are_left_alone() -> TestResult {
    let mut page = unmarked_rgb(300, 300, 256);
    for (seed, jpeg) in page.tiles.iter_mut().enumerate() {
        let rgb = picture::pixels(page.grid.tile, seed as u32);
        *jpeg = picture::jpeg(page.grid.tile, &rgb, Colorspace::RGB, Subsamp::None);
    }
    let first = page.tiles[0].clone();
    assert_eq!(check_copied(page, Layout::Classic)?, first);
    Ok(())
}

#[test]
fn ycbcr_tiles_with_misleading_identifiers_are_marked_as_ycbcr() -> TestResult {
    let misled = Page::generated(300, 300, 256)
        .map_tiles(|jpeg| picture::with_identifiers(&picture::without(jpeg, &[0xe0]), *b"RGB"));
    let wrong = picture::difference(
        &picture::decode(&misled.tiles[0]),
        &picture::pixels(misled.grid.tile, 0),
    );
    assert!(
        wrong > 30.0,
        "the fixture does not show the mistake: {wrong}"
    );
    let first = check_copied(misled, Layout::Classic)?;
    assert_eq!(first[17], 1);
    let usual = Page::generated(300, 300, 256).map_tiles(|jpeg| picture::without(jpeg, &[0xe0]));
    let bare = usual.tiles[0].clone();
    assert_eq!(check_copied(usual, Layout::Classic)?, bare);
    Ok(())
}

#[test]
fn tiles_left_out_are_white_and_all_of_one_length() -> TestResult {
    for mut page in [
        Page::generated(500, 500, 240).with_shared_tables(),
        unmarked_rgb(500, 500, 240),
    ] {
        page.tiles[4].clear();
        page.tiles[8].clear();
        let slide = open_bytes(&write(&[page], Layout::Classic))?;
        let blank = slide.frame(0, TileIndex::new(1, 1))?;
        assert_eq!(slide.frame(0, TileIndex::new(2, 2))?, blank);
        let length = slide.frame_length(0, TileIndex::new(2, 2));
        assert_eq!(length, Some(blank.len() as u32));
        let pixels = picture::decode(&blank);
        assert_eq!(pixels.len(), 240 * 240 * 3);
        assert!(pixels.iter().all(|&sample| sample == 255));
    }
    Ok(())
}

#[test]
fn a_level_of_nothing_is_blank() -> TestResult {
    let page = Page::generated(300, 300, 256).map_tiles(|_| Vec::new());
    let slide = open_bytes(&write(&[page], Layout::Classic))?;
    let frame = slide.frame(0, TileIndex::new(0, 1))?;
    assert!(picture::decode(&frame).iter().all(|&sample| sample == 255));
    Ok(())
}

#[test]
fn levels_are_found_and_other_pages_are_not() -> TestResult {
    let pages = [
        Page::generated(1000, 600, 256),
        Page::generated(1000, 600, 256), // another focal plane
        Page::generated(250, 150, 128),
        Page::generated(200, 200, 128), // a tiled label
        Page::generated(62, 37, 64),
    ];
    let slide = open_bytes(&write(&pages, Layout::Classic))?;
    let sizes: Vec<PixelSize> = slide.levels().iter().map(|l| l.grid.level).collect();
    let expected = [(1000, 600), (250, 150), (62, 37)];
    assert_eq!(sizes, expected.map(|(w, h)| PixelSize::new(w, h)));
    let downsamples: Vec<i64> = slide
        .levels()
        .iter()
        .map(|level| level.downsample.round() as i64)
        .collect();
    assert_eq!(downsamples, [1, 4, 16]);
    let frame = slide.frame(1, TileIndex::new(1, 1))?;
    assert_eq!(picture::scan(&frame), picture::scan(&pages[2].tiles[3]));
    assert_eq!(slide.facts().mpp.map(|mpp| mpp.get()), Some(0.25));
    Ok(())
}

#[test]
fn a_level_that_cannot_be_copied_ends_the_copied_levels() -> TestResult {
    let mut lower = Page::generated(250, 150, 128);
    lower.compression = 8;
    let pages = [Page::generated(1000, 600, 256), lower];
    let slide = open_bytes(&write(&pages, Layout::Classic))?;
    assert_eq!(slide.levels().len(), 1);
    Ok(())
}

#[test]
fn an_aperio_header_gives_mpp_magnification_and_associated_images() -> TestResult {
    let mut page = Page::generated(300, 300, 240);
    page.description = "Aperio Image Library v12\r\n300x300|AppMag = 40|MPP = 0.2520".to_owned();
    let slide = open_bytes(&write(&[page], Layout::Classic))?;
    let facts = slide.facts();
    assert_eq!(facts.format, "aperio");
    assert_eq!(facts.mpp.map(|mpp| mpp.get()), Some(0.252));
    assert_eq!(facts.objective_power, Some(40.0));
    assert!(facts.associated.is_empty());
    Ok(())
}

#[test]
fn a_damaged_tile_is_named() -> TestResult {
    let mut page = Page::generated(500, 300, 240);
    let n_bytes = page.tiles[4].len();
    page.tiles[4].truncate(n_bytes / 2);
    page.tiles[5] = page.tiles[5][1..].to_vec();
    let slide = open_bytes(&write(&[page], Layout::Classic))?;
    for column in [1, 2] {
        let error = slide
            .frame(0, TileIndex::new(column, 1))
            .expect_err("a damaged tile");
        assert!(
            error
                .to_string()
                .contains(&format!("column {column}, row 1"))
        );
    }
    assert!(slide.frame(0, TileIndex::new(0, 1)).is_ok());
    Ok(())
}

#[test]
fn tiles_outside_the_slide_do_not_exist() -> TestResult {
    let slide = open_bytes(&write(&[Page::generated(300, 300, 256)], Layout::Classic))?;
    for (level, tile) in [(0, TileIndex::new(2, 0)), (1, TileIndex::new(0, 0))] {
        let error = slide.frame(level, tile).expect_err("no such tile");
        assert!(matches!(error, SlideError::NoSuchTile { .. }));
        assert_eq!(slide.frame_length(level, tile), None);
    }
    Ok(())
}
