use std::fs;
use std::time::{Duration, Instant};

use coverslip_slide::{DecoderOptions, JpegQuality, Slide, SlideError, open, open_with};
use flow::{AssociatedName, TileIndex, TileOrigin};
use test_data::real;

use crate::tiff_file::{Layout, Page, Values, write};
use crate::{TestResult, decoder, picture, refusal, shell};

/// A TIFF that no native path takes: samples without compression.
pub(crate) fn plain_tiff() -> Page {
    let mut page = Page::generated(300, 200, 256);
    page.compression = 1;
    page.photometric = 2;
    page.extra = vec![(284, Values::Short(vec![1]))];
    for (seed, tile) in page.tiles.iter_mut().enumerate() {
        *tile = picture::pixels(page.grid.tile, seed as u32);
    }
    page
}

fn open_plain(options: DecoderOptions) -> Result<(tempfile::TempDir, Slide), SlideError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("plain.tiff");
    fs::write(&path, write(&[plain_tiff()], Layout::Classic)).expect("a written file");
    open_with(&path, &decoder(), options).map(|slide| (folder, slide))
}

#[test]
fn a_tiff_that_is_not_jpeg_is_decoded_in_the_child() -> TestResult {
    let options = DecoderOptions {
        jpeg_quality: JpegQuality::new(95),
        ..DecoderOptions::default()
    };
    let (_folder, slide) = open_plain(options)?;
    assert_eq!(slide.origin(), TileOrigin::Transcoded);
    assert_eq!(slide.facts().format, "generic-tiff");
    assert_eq!(slide.frame_length(0, TileIndex::new(0, 0)), None);
    let confinement = slide.facts().confinement.ok_or("a child was needed")?;
    assert!(confinement.system_calls);
    let page = plain_tiff();
    let decoded = picture::decode(&slide.frame(0, TileIndex::new(0, 0))?);
    let full = picture::difference(&decoded[..200 * 768], &page.tiles[0][..200 * 768]);
    assert!(full < 8.0, "off by {full}");
    // The second tile has 44 columns and 200 rows of slide; the last of each is repeated.
    let edge = picture::decode(&slide.frame(0, TileIndex::new(1, 0))?);
    let pixel = |x: usize, y: usize| &edge[(y * 256 + x) * 3..][..3];
    assert!(picture::difference(pixel(43, 100), pixel(255, 100)) < 8.0);
    assert!(picture::difference(pixel(20, 199), pixel(20, 255)) < 8.0);
    Ok(())
}

#[test]
fn a_better_quality_is_closer() -> TestResult {
    let error_at = |quality| -> Result<f64, Box<dyn std::error::Error>> {
        let options = DecoderOptions {
            jpeg_quality: JpegQuality::new(quality),
            ..DecoderOptions::default()
        };
        let (_folder, slide) = open_plain(options)?;
        let decoded = picture::decode(&slide.frame(0, TileIndex::new(0, 0))?);
        Ok(picture::difference(
            &decoded[..200 * 768],
            &plain_tiff().tiles[0][..200 * 768],
        ))
    };
    assert!(error_at(98)? < error_at(20)? / 2.0);
    Ok(())
}

#[test]
fn many_threads_share_few_children() -> TestResult {
    let options = DecoderOptions {
        max_children: 2,
        ..DecoderOptions::default()
    };
    let (_folder, slide) = open_plain(options)?;
    let first = slide.frame(0, TileIndex::new(0, 0))?;
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| slide.frame(0, TileIndex::new(0, 0))))
            .collect();
        for reader in readers {
            let frame = reader.join().expect("no panic").expect("a frame");
            assert_eq!(frame, first);
        }
    });
    Ok(())
}

/// Opens a file that is no TIFF and no DICOM with a decoder that misbehaves.
fn misbehave(line: &str, request_timeout: Duration) -> String {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), "something for OpenSlide").expect("a written file");
    let options = DecoderOptions {
        request_timeout,
        ..DecoderOptions::default()
    };
    let start = Instant::now();
    let error = refusal(open_with(file.path(), &shell(line), options));
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(matches!(error, SlideError::Decoder { .. }), "{error}");
    error.to_string()
}

#[test]
fn a_child_that_dies_hangs_or_babbles_costs_one_error() {
    let patient = Duration::from_secs(9);
    let crashed = misbehave("kill -SEGV $$", patient);
    assert!(crashed.contains("SIGSEGV"), "{crashed}");
    let killed = misbehave("kill -KILL $$", patient);
    assert!(killed.contains("SIGKILL"), "{killed}");
    let ended = misbehave("exit 3", patient);
    assert!(ended.contains("exit code 3"), "{ended}");
    let slow = misbehave("exec sleep 60", Duration::from_millis(300));
    assert!(slow.contains("took longer than 0.3 s"), "{slow}");
    let empty = misbehave("exec cat /dev/zero", patient);
    assert!(empty.contains("unreadable answer"), "{empty}");
    let endless = misbehave("exec yes", patient);
    assert!(endless.contains("unreadable answer"), "{endless}");
}

#[test]
fn a_child_that_is_missing_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), "something for OpenSlide").expect("a written file");
    let error = refusal(open(file.path(), &crate::no_decoder()));
    assert!(matches!(error, SlideError::DecoderStart { .. }), "{error}");
}

/// Damage that OpenSlide meets while decoding, and not at opening.
#[test]
fn a_damaged_tile_is_named_and_the_others_still_come() -> TestResult {
    let mut page = Page::generated(500, 200, 256);
    page.compression = 8;
    page.photometric = 2;
    page.extra = vec![(284, Values::Short(vec![1]))];
    page.tiles = vec![
        stored_zlib(&picture::pixels(page.grid.tile, 0)),
        vec![1; 50],
    ];
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("deflate.tiff");
    fs::write(&path, write(&[page], Layout::Classic))?;
    let slide = open(&path, &decoder())?;
    let error = slide
        .frame(0, TileIndex::new(1, 0))
        .expect_err("a damaged tile");
    assert!(error.to_string().contains("column 1, row 0"), "{error}");
    assert!(!error.to_string().contains("deflate.tiff"), "{error}");
    assert!(slide.frame(0, TileIndex::new(0, 0)).is_ok());
    Ok(())
}

/// A zlib stream that stores its bytes (RFC 1950 and 1951).
fn stored_zlib(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let n_blocks = bytes.chunks(0xffff).count();
    for (position, block) in bytes.chunks(0xffff).enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(position + 1 == n_blocks));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

#[test]
fn associated_images_come_as_jpeg() -> TestResult {
    let Some(path) = real("wsi/CMU-1-Small-Region.svs") else {
        return Ok(());
    };
    let slide = open(&path, &decoder())?;
    for (name, width, height) in [
        (AssociatedName::Label, 387, 463),
        (AssociatedName::Macro, 1280, 431),
        (AssociatedName::Thumbnail, 574, 768),
    ] {
        let image = turbojpeg::decompress(&slide.associated(name)?, turbojpeg::PixelFormat::RGB)?;
        assert_eq!((image.width, image.height), (width, height), "{name}");
    }
    Ok(())
}
