use axum::http::{StatusCode, header};
use catalog::{NewSlide, Registered};
use flow::{HoldReason, PixelSize, Sha256Digest, SlideId, SlideStatus, TileGrid, TileIndex};
use pyramid::RgbImage;

use crate::lab::{Lab, TestResult};
use crate::painted::{Painted, SQUARE, Shape, mean_difference, paste, shrunk, worst_difference};

/// Top level of a slide 701 pixels wide.
const TOP: u8 = 10;

/// All tiles of a level laid beside each other.
async fn stitched(
    lab: &Lab,
    slide: SlideId,
    level: u8,
    grid: TileGrid,
) -> Result<RgbImage, Box<dyn std::error::Error>> {
    let mut canvas = RgbImage::filled(grid.level, [0; 3]);
    for index in grid.tiles() {
        let path = format!(
            "/slides/{slide}_files/{level}/{}_{}.jpeg",
            index.column, index.row
        );
        let tile = pyramid::decode_jpeg(&lab.fetch(&path).await?.body)?;
        let part = grid.clipped(index).expect("a tile of the grid");
        assert_eq!(tile.size, PixelSize::new(part.width, part.height), "{path}");
        paste(&mut canvas, &tile, part.x, part.y);
    }
    Ok(canvas)
}

/// Every level, stitched, is the source at that size.
async fn assert_levels_show_the_source(shape: Shape, tile: u32) -> TestResult {
    let (lab, painted) = Lab::with(shape).await?;
    for level in (0..=TOP).rev() {
        let size = shape.size.downsampled(1 << (TOP - level));
        let grid = TileGrid::new(size, PixelSize::new(tile, tile));
        let found = stitched(&lab, painted.slide, level, grid).await?;
        match painted.levels.get(usize::from(TOP - level)) {
            Some(stored) if stored.size == size => assert_alike(&found, stored, 1.5, 40),
            // Filters differ, and the fewer the pixels, the further each is from its neighbours.
            _ => {
                let expected = shrunk(&painted.levels[0], size);
                let most = if size.width < 50 { 12.0 } else { 3.0 };
                if size.width >= 4 {
                    assert_alike(&found, &expected, most, u8::MAX);
                }
            }
        }
    }
    Ok(())
}

fn assert_alike(found: &RgbImage, expected: &RgbImage, most_mean: f64, most: u8) {
    let mean = mean_difference(found, expected);
    let worst = worst_difference(found, expected);
    let size = found.size;
    assert!(
        mean < most_mean && worst <= most,
        "{size:?}: mean {mean}, worst {worst}"
    );
}

#[tokio::test]
async fn stitched_levels_show_the_source() -> TestResult {
    assert_levels_show_the_source(SQUARE, 240).await
}

#[tokio::test]
async fn tiles_that_are_not_square_are_cut_anew() -> TestResult {
    let shape = Shape {
        tile: PixelSize::new(240, 160),
        ..SQUARE
    };
    assert_levels_show_the_source(shape, 256).await
}

#[tokio::test]
async fn levels_a_pixel_short_still_fill_their_tiles() -> TestResult {
    let shape = Shape {
        short_by: 1,
        ..SQUARE
    };
    assert_levels_show_the_source(shape, 240).await
}

#[tokio::test]
async fn tiles_inside_are_the_stored_bytes() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let mut n_inside = 0;
    for ((level, index), jpeg) in &painted.frames {
        let size = painted.levels[usize::from(*level)].size;
        let part = TileGrid::new(size, SQUARE.tile)
            .clipped(*index)
            .expect("a tile");
        if (part.width, part.height) != (240, 240) {
            continue;
        }
        let level = TOP - level;
        let path = format!(
            "/slides/{}_files/{level}/{}_{}.jpeg",
            painted.slide, index.column, index.row
        );
        assert_eq!(lab.fetch(&path).await?.body, jpeg, "{path}");
        n_inside += 1;
    }
    assert_eq!(n_inside, 5);
    Ok(())
}

#[tokio::test]
async fn the_descriptor_names_the_own_tile_size() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let xml = lab.fetch(&format!("/slides/{}.dzi", painted.slide)).await?;
    assert_eq!(xml.header(header::CONTENT_TYPE), "application/xml");
    let text = xml.text();
    for part in [
        "TileSize=\"240\"",
        "Overlap=\"0\"",
        "Format=\"jpeg\"",
        "Width=\"701\"",
        "Height=\"533\"",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let json = lab
        .fetch(&format!("/slides/{}.json", painted.slide))
        .await?
        .json()?;
    assert_eq!(json["Image"]["TileSize"], 240);
    assert_eq!(json["Image"]["Size"]["Height"], 533);
    assert_eq!(
        json["Image"]["Url"],
        format!("/slides/{}_files/", painted.slide)
    );
    Ok(())
}

#[tokio::test]
async fn a_browser_that_has_the_tile_gets_304() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let edge = TileIndex::new(2, 2);
    for index in [TileIndex::new(0, 0), edge] {
        let path = format!(
            "/slides/{}_files/{TOP}/{}_{}.jpeg",
            painted.slide, index.column, index.row
        );
        let first = lab.fetch(&path).await?;
        assert_eq!(first.header(header::CONTENT_TYPE), "image/jpeg");
        let caching = first.header(header::CACHE_CONTROL);
        assert_eq!(caching, "private, max-age=31536000, immutable");
        let tag = first.header(header::ETAG).to_owned();
        let again = lab.ask(&path, &[("if-none-match", &tag)]).await?;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert!(again.body.is_empty());
        assert_eq!(again.header(header::ETAG), tag);
        let other = lab.ask(&path, &[("if-none-match", "\"another\"")]).await?;
        assert_eq!(other.status, StatusCode::OK);
        assert_eq!(other.body, first.body);
    }
    Ok(())
}

#[tokio::test]
async fn tiles_of_one_slide_have_tags_of_their_own() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let mut tags = std::collections::BTreeSet::new();
    for tile in ["10/0_0", "10/0_1", "10/1_0", "9/0_0", "0/0_0"] {
        let path = format!("/slides/{}_files/{tile}.jpeg", painted.slide);
        tags.insert(lab.fetch(&path).await?.header(header::ETAG).to_owned());
    }
    assert_eq!(tags.len(), 5);
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_answer() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let slide = painted.slide;
    for path in [
        format!("/slides/{slide}_files/{TOP}/3_0.jpeg"),
        format!("/slides/{slide}_files/{TOP}/0_3.jpeg"),
        format!("/slides/{slide}_files/11/0_0.jpeg"),
        format!("/slides/{slide}_files/{TOP}/0_0.png"),
        format!("/slides/{slide}_files/{TOP}/-1_0.jpeg"),
        format!("/slides/{slide}"),
        "/slides/nonsense.dzi".to_owned(),
    ] {
        lab.get(&path).await?.problem(StatusCode::NOT_FOUND)?;
    }
    let unknown = "/slides/00000000000000000000000000000000.dzi";
    let detail = lab.get(unknown).await?.problem(StatusCode::NOT_FOUND)?;
    assert_eq!(detail, "there is no slide 00000000000000000000000000000000");
    Ok(())
}

#[tokio::test]
async fn a_slide_that_waits_says_for_what_and_is_served_once_tiled() -> TestResult {
    let lab = Lab::open().await?;
    let digest = Sha256Digest::of(format!("{SQUARE:?}").as_bytes());
    let id = SlideId::from_digest(&digest);
    let slide = NewSlide::of(digest, 1);
    assert_eq!(lab.catalog.register(slide).await?, Registered::New);
    let path = format!("/slides/{id}.dzi");
    let detail = lab.get(&path).await?.problem(StatusCode::NOT_FOUND)?;
    assert_eq!(
        detail,
        format!("slide {id} is not tiled yet: it is received")
    );
    let held = SlideStatus::Held {
        reason: HoldReason::MissingMpp,
    };
    lab.catalog.set_status(id, &held).await?;
    let detail = lab.get(&path).await?.problem(StatusCode::NOT_FOUND)?;
    assert!(
        detail.contains("held, because") && detail.contains("mpp"),
        "{detail}"
    );
    Painted::store(&lab.store, SQUARE).await?;
    lab.fetch(&path).await?;
    Ok(())
}
