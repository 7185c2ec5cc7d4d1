use coverslip_slide::{Slide, SlideError};
use flow::{PixelSize, TileIndex, TileOrigin};

use crate::dicom_file::{DicomFile, element, sequence, text};
use crate::{TestResult, open_bytes, picture, refusal};

fn check_frames(slide: &Slide, file: &DicomFile) -> TestResult {
    for (seed, tile) in file.grid.tiles().enumerate() {
        let frame = slide.frame(0, tile)?;
        assert_eq!(frame, file.frames[seed].concat(), "frame {seed}");
        assert_eq!(slide.frame_length(0, tile), Some(frame.len() as u32));
    }
    Ok(())
}

#[test]
fn jpeg_frames_come_out_as_they_are_without_padding() -> TestResult {
    let file = DicomFile::jpeg(100, 70, 32);
    assert!(
        file.frames.iter().any(|frame| frame[0].len() % 2 == 1),
        "no frame needs padding"
    );
    let slide = open_bytes(&file.write())?;
    assert_eq!(slide.origin(), TileOrigin::Copied);
    check_frames(&slide, &file)?;
    let facts = slide.facts();
    assert_eq!(facts.format, "dicom");
    assert_eq!(facts.size, PixelSize::new(100, 70));
    assert_eq!(facts.mpp.map(|mpp| mpp.get()), Some(0.5));
    assert_eq!(facts.scanner.as_deref(), Some("Maker Model 1"));
    assert_eq!(facts.icc.as_deref(), Some(&b"profile!"[..]));
    Ok(())
}

#[test]
fn frames_in_several_fragments_are_put_together() -> TestResult {
    let mut file = DicomFile::jpeg(100, 70, 32);
    for frame in &mut file.frames {
        let whole = frame.concat();
        let (a, rest) = whole.split_at(100);
        let (b, c) = rest.split_at(200);
        *frame = vec![a.to_vec(), b.to_vec(), c.to_vec()];
    }
    check_frames(&open_bytes(&file.write())?, &file)
}

#[test]
fn unmarked_rgb_frames_are_marked() -> TestResult {
    use turbojpeg::{Colorspace, Subsamp};
    let mut file = DicomFile::jpeg(64, 64, 32);
    file.photometric = "RGB";
    for (seed, frame) in file.frames.iter_mut().enumerate() {
        let rgb = picture::pixels(file.grid.tile, seed as u32);
        let jpeg = picture::jpeg(file.grid.tile, &rgb, Colorspace::RGB, Subsamp::None);
        let jpeg = picture::without(&jpeg, &[0xe0, 0xee]);
        *frame = vec![picture::with_identifiers(&jpeg, [1, 2, 3])];
    }
    let slide = open_bytes(&file.write())?;
    for (seed, tile) in file.grid.tiles().enumerate() {
        let frame = slide.frame(0, tile)?;
        assert_eq!(picture::scan(&frame), picture::scan(&file.frames[seed][0]));
        let expected = picture::pixels(file.grid.tile, seed as u32);
        let difference = picture::difference(&picture::decode(&frame), &expected);
        assert!(difference < 5.0, "off by {difference}");
        assert_eq!(slide.frame_length(0, tile), Some(frame.len() as u32));
    }
    Ok(())
}

#[test]
fn samples_are_compressed() -> TestResult {
    let file = DicomFile::plain(100, 70, 32);
    let slide = open_bytes(&file.write())?;
    assert_eq!(slide.origin(), TileOrigin::Transcoded);
    assert_eq!(slide.frame_length(0, TileIndex::new(0, 0)), None);
    for (seed, tile) in file.grid.tiles().enumerate() {
        let decoded = picture::decode(&slide.frame(0, tile)?);
        let difference = picture::difference(&decoded, &file.frames[seed][0]);
        assert!(difference < 10.0, "off by {difference}");
    }
    Ok(())
}

#[test]
fn what_is_no_tiled_slide_is_refused_with_the_reason() {
    let refused = |change: fn(&mut DicomFile)| {
        let mut file = DicomFile::jpeg(100, 70, 32);
        change(&mut file);
        refusal(open_bytes(&file.write()))
    };
    let ct = refused(|file| file.sop_class = "1.2.840.10008.5.1.4.1.1.2");
    assert!(matches!(ct, SlideError::NotASlide { .. }), "{ct}");
    let label = refused(|file| file.image_type = "ORIGINAL\\PRIMARY\\LABEL\\NONE");
    assert!(label.to_string().contains("label"), "{label}");
    let sparse = refused(|file| file.organisation = "TILED_SPARSE");
    assert!(sparse.to_string().contains("TILED_SPARSE"), "{sparse}");
    let j2k = refused(|file| file.transfer_syntax = "1.2.840.10008.1.2.4.90");
    assert!(j2k.to_string().contains("1.2.840.10008.1.2.4.90"), "{j2k}");
    let few = refused(|file| file.n_frames = 11);
    assert!(
        few.to_string().contains("needs 12 DICOM frames but has 11"),
        "{few}"
    );
    let lost = refused(|file| drop(file.frames.pop()));
    assert!(lost.to_string().contains("holds 11"), "{lost}");
    let colour = refused(|file| file.photometric = "PALETTE COLOR");
    assert!(colour.to_string().contains("PALETTE COLOR"), "{colour}");
}

#[test]
fn a_cut_file_is_truncated_wherever_it_is_cut() {
    let whole = DicomFile::jpeg(100, 70, 32).write();
    for kept in [140, 400, whole.len() / 2, whole.len() - 9] {
        let error = refusal(open_bytes(&whole[..kept]));
        assert!(
            matches!(error, SlideError::Truncated { .. }),
            "{kept}: {error}"
        );
    }
}

#[test]
fn a_header_that_nests_without_end_is_refused() {
    let mut nested = text(0x0008, 0x0104, "LO", "deep");
    for _ in 0..2000 {
        nested = sequence(0x0008, 0x1140, &nested);
    }
    let mut file = DicomFile::jpeg(64, 64, 32);
    file.before_pixels = nested;
    let error = refusal(open_bytes(&file.write()));
    assert!(error.to_string().contains("deep"), "{error}");
}

#[test]
fn a_length_that_leaves_its_sequence_is_refused() {
    let mut lying = sequence(0x5400, 0x0100, &element(0x0008, 0x0104, "OB", b"1234"));
    let at = lying.len() - 8;
    lying[at..at + 4].copy_from_slice(&6_u32.to_le_bytes());
    let mut file = DicomFile::jpeg(64, 64, 32);
    file.before_pixels = lying;
    let error = refusal(open_bytes(&file.write()));
    assert!(error.to_string().contains("longer than"), "{error}");
}

#[test]
fn a_damaged_frame_is_named() -> TestResult {
    let mut file = DicomFile::jpeg(64, 64, 32);
    file.frames[3][0][0] = 0;
    let slide = open_bytes(&file.write())?;
    let error = slide
        .frame(0, TileIndex::new(1, 1))
        .expect_err("a damaged frame");
    assert!(error.to_string().contains("column 1, row 1"), "{error}");
    Ok(())
}
