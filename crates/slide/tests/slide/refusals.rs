use std::fs;
use std::path::Path;

use coverslip_slide::{SlideError, open};
use flow::PixelSize;
use test_data::real;

use crate::tiff_file::{Layout, Page, Values, write};
use crate::{TestResult, decoder, no_decoder, open_bytes, refusal};

#[test]
fn what_is_no_file_is_refused() -> TestResult {
    let folder = tempfile::tempdir()?;
    let opened = |path: &Path| refusal(open(path, &no_decoder()));
    assert!(matches!(
        opened(folder.path()),
        SlideError::IsDirectory { .. }
    ));
    let missing = folder.path().join("missing.svs");
    assert!(matches!(opened(&missing), SlideError::NotFound { .. }));
    let empty = folder.path().join("empty.svs");
    fs::write(&empty, [])?;
    assert!(matches!(opened(&empty), SlideError::Empty { .. }));
    Ok(())
}

#[test]
fn a_text_renamed_is_no_slide() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("notes.svs");
    fs::write(&path, "these are my notes, not a slide\n".repeat(20))?;
    let error = refusal(open(&path, &decoder()));
    assert!(matches!(error, SlideError::NotASlide { .. }), "{error}");
    Ok(())
}

#[test]
fn a_tiny_file_is_no_slide() -> TestResult {
    let folder = tempfile::tempdir()?;
    for bytes in [&b"I"[..], b"II*\0", b"II*\0\0\0\0\0", b"MM\0+\0\x08\0\0"] {
        let path = folder.path().join("tiny.tif");
        fs::write(&path, bytes)?;
        let error = refusal(open(&path, &decoder()));
        assert!(
            matches!(
                error,
                SlideError::NotASlide { .. }
                    | SlideError::Truncated { .. }
                    | SlideError::Corrupt { .. }
            ),
            "{bytes:?}: {error}"
        );
    }
    Ok(())
}

#[test]
fn a_picture_without_tiles_is_no_slide() -> TestResult {
    let Some(path) = real("wsi/not-a-slide_kidney.tif") else {
        return Ok(());
    };
    let error = refusal(open(&path, &decoder()));
    let text = error.to_string();
    assert!(matches!(error, SlideError::NotASlide { .. }), "{text}");
    assert!(text.contains("without tiles or a pyramid"), "{text}");
    Ok(())
}

#[test]
fn a_file_that_lost_its_end_is_truncated_and_says_where() -> TestResult {
    let mut page = Page::generated(500, 300, 240);
    page.extra = vec![(324, Values::Long(vec![9, 9, 9, 9, 9, 1 << 20]))];
    let file = write(&[page], Layout::Classic);
    let error = refusal(open_bytes(&file)).to_string();
    assert!(error.contains("truncated: tile 5 ends at byte"), "{error}");
    assert!(
        error.contains(&format!("has {} bytes", file.len())),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_real_slide_cut_anywhere_is_refused() -> TestResult {
    // 1,885,000 lies in the macro of the first, long after its last tile.
    for (name, cuts) in [
        (
            "CMU-1-Small-Region.svs",
            [5, 4_000, 700_000, 1_270_000, 1_885_000, 1_938_954],
        ),
        (
            "tcga-cr-7395-01a-01-ts1.svs",
            [100, 5_000, 2_000_000, 3_000_000, 3_900_000, 3_901_813],
        ),
        (
            "test3-DAPI-2-387.ndpi",
            [300, 4_000, 1_000_000, 2_000_000, 3_000_000, 3_543_000],
        ),
    ] {
        let Some(path) = real(&format!("wsi/{name}")) else {
            return Ok(());
        };
        let whole = fs::read(path)?;
        for kept in cuts {
            let error = refusal(open_bytes(&whole[..kept]));
            assert!(
                matches!(error, SlideError::Truncated { .. }),
                "{kept} bytes of {name}: {error}"
            );
        }
    }
    Ok(())
}

#[test]
fn directories_in_a_loop_are_refused() -> TestResult {
    let mut file = write(&[Page::generated(300, 300, 256)], Layout::Classic);
    let first: [u8; 4] = file[4..8].try_into()?;
    let end = file.len();
    file[end - 4..].copy_from_slice(&first);
    let error = refusal(open_bytes(&file)).to_string();
    assert!(error.contains("loop"), "{error}");
    Ok(())
}

#[test]
fn impossible_sizes_are_refused_before_anything_is_allocated() -> TestResult {
    let with = |extra: Vec<(u16, Values)>| {
        let mut page = Page::generated(300, 300, 256);
        page.extra = extra;
        refusal(open_bytes(&write(&[page], Layout::BigLittleEndian))).to_string()
    };
    let wide = with(vec![(256, Values::Long(vec![1 << 40]))]);
    assert!(wide.contains("pixels along one side"), "{wide}");
    let sides = 2_000_000_000;
    let many = with(vec![
        (256, Values::Long(vec![sides])),
        (257, Values::Long(vec![sides])),
    ]);
    assert!(many.contains("tiles, at most"), "{many}");
    let short = with(vec![(256, Values::Long(vec![3000]))]);
    assert!(
        short.contains("needs 24 tiles but its table has 4"),
        "{short}"
    );
    let none = with(vec![(322, Values::Short(vec![0]))]);
    assert!(none.contains("has no size"), "{none}");
    Ok(())
}

#[test]
fn a_field_that_claims_more_than_the_file_has_is_refused() -> TestResult {
    let page = Page::generated(300, 300, 256);
    let mut file = write(&[page], Layout::Classic);
    // The count of the tile offsets, whose entry starts with tag 324, type 4.
    let entry = [0x44, 0x01, 4, 0];
    let at = file
        .windows(4)
        .rposition(|window| window == entry)
        .ok_or("no entry for tile offsets")?;
    file[at + 4..at + 8].copy_from_slice(&60_000_000_u32.to_le_bytes());
    let error = refusal(open_bytes(&file));
    assert!(matches!(error, SlideError::Truncated { .. }), "{error}");
    Ok(())
}

#[test]
fn a_slide_whose_every_tile_is_damaged_is_refused_by_name() -> TestResult {
    let page = Page::generated(300, 300, 256).map_tiles(|jpeg| jpeg[5..].to_vec());
    assert_eq!(page.grid.level, PixelSize::new(300, 300));
    let error = refusal(open_bytes(&write(&[page], Layout::Classic)));
    assert!(
        error.to_string().contains("level 0, column 0, row 0"),
        "{error}"
    );
    Ok(())
}
