//! A scanner's own slide: most of its tissue is as it should be.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use flow::Sha256Digest;
use flow::{
    Instance, MicrometreRect, Mpp, ObjectKey, PixelSize, QualityLimits, SlideId, SlideUids,
    TileQuality,
};
use pyramid::{PyramidPlan, PyramidReader};
use slide::DecoderCommand;
use store::Store;
use test_data::real;
use tissue::{Artefacts, BlurMeter, Overview, OverviewPlan, segment};

/// H&E, 20x, JPEG: 1.1 x 1.5 mm.
const SLIDE: &str = "wsi/CMU-1-Small-Region.svs";
const TILE_PX: u32 = 224;
const TILE_UM: f64 = 112.0;

#[tokio::test]
async fn most_of_a_real_slide_is_not_flagged() -> Result<(), Box<dyn Error>> {
    let Some(path) = real(SLIDE) else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let store = Store::local(folder.path())?;
    // The file is read natively, so the child is never started.
    let no_child = DecoderCommand {
        program: PathBuf::from("/no/such/program"),
        arguments: Vec::new(),
    };
    let slide = slide::open(&path, &no_child)?;
    let id = SlideId::from_digest(&Sha256Digest::of(b"a real slide"));
    let plan = PyramidPlan {
        slide: id,
        uids: SlideUids::derived(&id),
        mpp: slide.facts().mpp.ok_or("the slide has an mpp")?,
        jpeg_quality: 90,
        deidentified_by: Vec::new(),
    };
    let scratch = store.scratch()?;
    let built = pyramid::build(&slide, &plan, scratch.path(), &|_| {})?;
    for level in &built.levels {
        let key = ObjectKey::PyramidLevel(plan.slide, level.level);
        store.put_file(&key, &level.file).await?;
    }
    let reader = PyramidReader::from_index(store.clone(), plan.slide, plan.mpp, built.index);
    let size = slide.facts().size;
    let um = |pixels: u32| f64::from(pixels) * plan.mpp.get();
    let whole = OverviewPlan {
        size_um: (um(size.width), um(size.height)),
        most_pixels: 4e6,
    };
    let overview = Overview::read(&reader, whole).await?;
    let mask = segment(&overview)?;
    let artefacts = Artefacts::find(&overview, &mask).ok_or("a bright slide")?;
    let mpp = Mpp::new(0.5)?;
    let meter = BlurMeter::new(TILE_PX, mpp).ok_or("a meter")?;
    let (columns, rows) = (
        (whole.size_um.0 / TILE_UM) as u32,
        (whole.size_um.1 / TILE_UM) as u32,
    );
    let corners = (0..columns * rows).map(|at| Instance {
        x_um: f64::from(at % columns) * TILE_UM,
        y_um: f64::from(at / columns) * TILE_UM,
    });
    let tiles = corners.map(|at| at.rect(TILE_UM));
    let tiles: Vec<MicrometreRect> = tiles.filter(|tile| mask.fraction(*tile) >= 0.1).collect();
    let limits = QualityLimits::default();
    let (mut flagged, mut blurs, mut busy) = (0, Vec::new(), 0.0);
    for &tile in &tiles {
        let size = PixelSize::new(TILE_PX, TILE_PX);
        let picture = reader.read_region(mpp, tile, size).await?;
        let began = Instant::now();
        let quality = TileQuality {
            blur_um: meter.blur_um(&picture.pixels),
            pen: Some(artefacts.pen_share(tile)),
            fold: Some(artefacts.fold_share(tile)),
            coverage: mask.fraction(tile) as f32,
        };
        busy += began.elapsed().as_secs_f64();
        flagged += usize::from(quality.is_flagged(&limits));
        blurs.extend(quality.blur_um);
    }
    blurs.sort_by(f32::total_cmp);
    let median = blurs.get(blurs.len() / 2).ok_or("focus was told")?;
    let cost = 1_000.0 * busy / tiles.len() as f64;
    eprintln!(
        "{flagged} of {} flagged, {blurs:?}, {cost:.2} s for 1,000 tiles",
        tiles.len()
    );
    assert!(tiles.len() > 50);
    assert!((0.1..0.6).contains(median), "{median} um");
    assert!(
        5 * flagged <= tiles.len(),
        "{flagged} of {} flagged",
        tiles.len()
    );
    Ok(())
}
