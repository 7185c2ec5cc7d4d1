//! A scanner's own file, tiled by the code that tiles slides, seen through the routes.

use std::error::Error;
use std::path::{Path, PathBuf};

use flow::{
    Mpp, MppSource, ObjectKey, PixelRect, Sha256Digest, SlideId, SlideManifest, TileIndex,
    TissueMask,
};
use pyramid::{BuiltPyramid, PyramidPlan};
use slide::{DecoderCommand, Slide};
use store::Store;
use test_data::real;

use crate::lab::{Lab, TestResult};
use crate::painted::mean_difference;

/// Aperio, RGB without a colour transform, tiles of 240 pixels, one level: 2220 x 2967.
const SLIDE: &str = "wsi/CMU-1-Small-Region.svs";
const TOP: u8 = 12;

fn open(path: &Path) -> Result<Slide, slide::SlideError> {
    // The file is read natively, so the child is never started.
    let no_child = DecoderCommand {
        program: PathBuf::from("/no/such/program"),
        arguments: Vec::new(),
    };
    slide::open(path, &no_child)
}

async fn tile(store: &Store, slide: &Slide, id: SlideId) -> Result<BuiltPyramid, Box<dyn Error>> {
    let plan = PyramidPlan {
        slide: id,
        uids: flow::SlideUids::derived(&id),
        mpp: slide.facts().mpp.ok_or("the slide has an mpp")?,
        jpeg_quality: 90,
        deidentified_by: Vec::new(),
    };
    let scratch = store.scratch()?;
    let built = pyramid::build(slide, &plan, scratch.path(), &|_progress| {})?;
    for level in &built.levels {
        store
            .put_file(&ObjectKey::PyramidLevel(id, level.level), &level.file)
            .await?;
    }
    store
        .put(
            &ObjectKey::PyramidIndex(id),
            built.index_bytes.clone().into(),
        )
        .await?;
    let manifest = serde_json::to_vec(&manifest(slide, id, plan.mpp, built.hash)?)?;
    store
        .put(&ObjectKey::SlideManifest(id), manifest.into())
        .await?;
    Ok(built)
}

fn manifest(
    slide: &Slide,
    id: SlideId,
    mpp: Mpp,
    pyramid: Sha256Digest,
) -> Result<SlideManifest, Box<dyn Error>> {
    let facts = slide.facts();
    Ok(SlideManifest {
        slide: id,
        original: Sha256Digest::of(b"original"),
        pyramid,
        format: facts.format.clone(),
        scanner: facts.scanner.clone(),
        mpp,
        mpp_source: MppSource::File,
        objective_power: facts.objective_power,
        size: facts.size,
        tile: slide.levels()[0].grid.tile,
        levels: Vec::new(),
        associated: Vec::new(),
        deidentification: None,
        icc: None,
        tissue: TissueMask::new(32.0, 1, 1, vec![true])?,
        uids: None,
    })
}

#[tokio::test]
async fn a_scanners_tiles_arrive_as_they_were_scanned() -> TestResult {
    let Some(path) = real(SLIDE) else {
        return Ok(());
    };
    let lab = Lab::open().await?;
    let slide = open(&path)?;
    let id = SlideId::from_digest(&Sha256Digest::of(b"a real slide"));
    let built = tile(&lab.store, &slide, id).await?;
    let full = slide.levels()[0].grid;
    for index in full.tiles() {
        let path = format!(
            "/slides/{id}_files/{TOP}/{}_{}.jpeg",
            index.column, index.row
        );
        let served = lab.fetch(&path).await?.body;
        let source = slide.frame(0, index)?;
        let part = full.clipped(index).ok_or("a tile of the grid")?;
        if (part.width, part.height) == (full.tile.width, full.tile.height) {
            assert_eq!(served, source, "{path}");
            continue;
        }
        let expected = pyramid::decode_jpeg(&source)?.cropped(PixelRect { x: 0, y: 0, ..part });
        let difference = mean_difference(&pyramid::decode_jpeg(&served)?, &expected);
        assert!(difference < 2.5, "{path}: {difference}");
    }
    assert_coarser_levels(&lab, id, &built).await?;
    let profile = lab.fetch(&format!("/api/v1/slides/{id}/icc")).await?.body;
    match &slide.facts().icc {
        Some(scanned) => assert_eq!(&profile, scanned),
        // DICOM demands a profile, and sRGB is what viewers take a slide without one to be.
        None => assert_eq!(&profile[36..40], b"acsp"),
    }
    Ok(())
}

/// Their tiles have the sizes Deep Zoom asks for, and beyond them there are none.
async fn assert_coarser_levels(lab: &Lab, id: SlideId, built: &BuiltPyramid) -> TestResult {
    for level in &built.levels {
        let number = TOP - level.level.0;
        for index in level.grid.tiles() {
            let path = format!(
                "/slides/{id}_files/{number}/{}_{}.jpeg",
                index.column, index.row
            );
            let found = pyramid::decode_jpeg(&lab.fetch(&path).await?.body)?.size;
            let part = level.grid.clipped(index).ok_or("a tile of the grid")?;
            assert_eq!(
                (found.width, found.height),
                (part.width, part.height),
                "{path}"
            );
        }
        let beyond = TileIndex::new(level.grid.columns(), 0);
        let path = format!("/slides/{id}_files/{number}/{}_0.jpeg", beyond.column);
        assert_eq!(lab.get(&path).await?.status, 404);
    }
    Ok(())
}
