use flow::{MicrometreRect, ObjectKey, PixelSize, TileIndex};
use phantom::PyramidStep;
use pyramid::{PyramidReader, decode_jpeg};
use store::Store;

use crate::{TestResult, build, id, phantom};

#[tokio::test]
async fn a_stored_pyramid_gives_back_its_tiles_and_regions() -> TestResult {
    let directory = tempfile::tempdir()?;
    let slide = phantom(&directory, PyramidStep::Four)?;
    let store = Store::local(&directory.path().join("objects"))?;
    let scratch = store.scratch()?;
    let built = build(&slide, scratch.path())?;
    for level in &built.levels {
        let key = ObjectKey::PyramidLevel(id(), level.level);
        store.put_file(&key, &level.file).await?;
    }
    let mpp = built.levels[0].mpp;
    let reader = PyramidReader::from_index(store.clone(), id(), mpp, built.index);
    for level in &built.levels {
        let tile = TileIndex::new(level.grid.columns() - 1, 0);
        let jpeg = reader.frame(level.level, tile).await?;
        let image = decode_jpeg(&jpeg)?;
        assert_eq!(image.size, level.grid.tile);
        let part = level.grid.clipped(tile).ok_or("outside")?;
        let um = |pixels: u32| f64::from(pixels) * level.mpp.get();
        let rect = MicrometreRect {
            x: um(part.x),
            y: um(part.y),
            width: um(part.width),
            height: um(part.height),
        };
        let out = PixelSize::new(part.width, part.height);
        let region = reader.read_region(level.mpp, rect, out).await?;
        let inside = flow::PixelRect { x: 0, y: 0, ..part };
        assert_eq!(region, image.cropped(inside), "level {}", level.level);
    }
    Ok(())
}
