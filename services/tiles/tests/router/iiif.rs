use axum::http::{StatusCode, header};
use flow::{PixelRect, PixelSize, TileIndex};

use crate::lab::{Lab, TestResult};
use crate::painted::{mean_difference, worst_difference};
use crate::png_pixels::Rgba;

#[tokio::test]
async fn the_information_says_where_and_how_large() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let path = format!("/iiif/3/{}/info.json", painted.slide);
    let plain = lab.fetch(&path).await?;
    assert_eq!(plain.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(plain.header(header::VARY), "accept");
    let json = plain.json()?;
    let id = format!("http://lab.example:8080/iiif/3/{}", painted.slide);
    assert_eq!(json["id"], id);
    assert_eq!(json["profile"], "level2");
    assert_eq!(
        (&json["width"], &json["height"]),
        (&701.into(), &533.into())
    );
    assert_eq!(json["tiles"][0]["width"], 240);
    assert_eq!(
        json["tiles"][0]["scaleFactors"],
        serde_json::json!([1, 2, 4])
    );
    let linked = lab.ask(&path, &[("accept", "application/ld+json")]).await?;
    assert!(
        linked
            .header(header::CONTENT_TYPE)
            .starts_with("application/ld+json")
    );
    assert_ne!(linked.header(header::ETAG), plain.header(header::ETAG));
    let tag = plain.header(header::ETAG).to_owned();
    let again = lab.ask(&path, &[("if-none-match", &tag)]).await?;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    Ok(())
}

#[tokio::test]
async fn the_base_address_leads_to_the_information() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let base = format!("/iiif/3/{}", painted.slide);
    let answer = lab.ask(&base, &[("x-forwarded-proto", "https")]).await?;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let information = format!("https://lab.example:8080{base}/info.json");
    assert_eq!(answer.header(header::LOCATION), information);
    Ok(())
}

#[tokio::test]
async fn requests_on_the_grid_are_the_deep_zoom_tiles() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    for (image, tile) in [
        ("240,0,240,240/240,240", "10/1_0"),
        ("0,0,480,480/240,", "9/0_0"),
        ("480,480,221,53/221,53", "10/2_2"),
        ("full/176,134", "8/0_0"),
    ] {
        let image = format!("/iiif/3/{}/{image}/0/default.jpg", painted.slide);
        let tile = format!("/slides/{}_files/{tile}.jpeg", painted.slide);
        let (image, tile) = (lab.fetch(&image).await?, lab.fetch(&tile).await?);
        assert_eq!(image.body, tile.body);
        assert_eq!(image.header(header::ETAG), tile.header(header::ETAG));
    }
    let image = format!("/iiif/3/{}/240,0,240,240/max/0/default.jpg", painted.slide);
    let stored = &painted.frames[&(0, TileIndex::new(1, 0))];
    assert_eq!(lab.fetch(&image).await?.body, stored);
    Ok(())
}

#[tokio::test]
async fn regions_show_what_they_name() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let source = &painted.levels[0];
    for (asked, rect) in [
        ("101,57,300,200", [101, 57, 300, 200]),
        ("600,500,900,900", [600, 500, 101, 33]),
        ("square", [84, 0, 533, 533]),
        ("pct:10,10,50,50", [70, 53, 351, 267]),
        ("full", [0, 0, 701, 533]),
    ] {
        let path = format!("/iiif/3/{}/{asked}/max/0/default.jpg", painted.slide);
        let found = pyramid::decode_jpeg(&lab.fetch(&path).await?.body)?;
        let [x, y, width, height] = rect;
        let expected = source.cropped(PixelRect {
            x,
            y,
            width,
            height,
        });
        assert_eq!(found.size, expected.size, "{asked}");
        let worst = worst_difference(&found, &expected);
        assert!(
            worst < 40 && mean_difference(&found, &expected) < 2.5,
            "{asked}: {worst}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn sizes_are_exact() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    for (asked, width, height) in [
        ("100,", 100, 76),
        (",100", 132, 100),
        ("100,30", 100, 30),
        ("!200,200", 200, 152),
        ("pct:50", 351, 267),
        ("^1402,", 1402, 1066),
        ("!9000,9000", 701, 533),
        ("max", 701, 533),
    ] {
        let path = format!("/iiif/3/{}/full/{asked}/0/default.jpg", painted.slide);
        let found = pyramid::decode_jpeg(&lab.fetch(&path).await?.body)?;
        assert_eq!(found.size, PixelSize::new(width, height), "{asked}");
        let middle = found.pixel(width / 2, height / 2);
        let expected = painted.levels[0].pixel(350, 266);
        assert!(
            middle.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 16),
            "{asked}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn pictures_are_turned_grayed_and_written_as_png() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let source = &painted.levels[0];
    let base = format!("/iiif/3/{}/101,57,301,203/max", painted.slide);
    let plain = Rgba::read(&lab.fetch(&format!("{base}/0/default.png")).await?.body)?;
    assert_eq!(plain.size, PixelSize::new(301, 203));
    let [r, g, b, _] = plain.pixel(10, 20);
    let expected = source.pixel(111, 77);
    assert!(
        [r, g, b]
            .iter()
            .zip(expected)
            .all(|(a, b)| a.abs_diff(b) < 16)
    );
    let turned = Rgba::read(&lab.fetch(&format!("{base}/90/default.png")).await?.body)?;
    assert_eq!(turned.size, PixelSize::new(203, 301));
    assert_eq!(turned.pixel(202 - 20, 10), plain.pixel(10, 20));
    let mirrored = Rgba::read(&lab.fetch(&format!("{base}/!0/default.png")).await?.body)?;
    assert_eq!(mirrored.pixel(300 - 10, 20), plain.pixel(10, 20));
    let gray = Rgba::read(&lab.fetch(&format!("{base}/0/gray.png")).await?.body)?;
    let [r, g, b, _] = gray.pixel(10, 20);
    assert!(r == g && g == b);
    Ok(())
}

#[tokio::test]
async fn pictures_are_cached_by_what_was_asked() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let base = format!("/iiif/3/{}", painted.slide);
    let mut tags = std::collections::BTreeSet::new();
    for asked in [
        "full/100,/0/default.jpg",
        "full/101,/0/default.jpg",
        "full/100,/0/gray.jpg",
        "full/100,/0/default.png",
        "full/100,/90/default.jpg",
        "full/100,/!90/default.jpg",
        "square/100,/0/default.jpg",
    ] {
        let answer = lab.fetch(&format!("{base}/{asked}")).await?;
        tags.insert(answer.header(header::ETAG).to_owned());
        let tag = answer.header(header::ETAG).to_owned();
        let again = lab
            .ask(&format!("{base}/{asked}"), &[("if-none-match", &tag)])
            .await?;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }
    assert_eq!(tags.len(), 7);
    Ok(())
}

#[tokio::test]
async fn bad_requests_are_400_and_unknown_images_404() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    for bad in [
        "0,0,0,10/max/0/default.jpg",
        "701,0,10,10/max/0/default.jpg",
        "wrong/max/0/default.jpg",
        "full/full/0/default.jpg",
        "full/1000,/0/default.jpg",
        "full/^9000,/0/default.jpg",
        "full/max/45/default.jpg",
        "full/max/0/bitonal.jpg",
        "full/max/0/default.webp",
    ] {
        let path = format!("/iiif/3/{}/{bad}", painted.slide);
        lab.get(&path).await?.problem(StatusCode::BAD_REQUEST)?;
    }
    for absent in [
        "/iiif/3/00000000000000000000000000000000/info.json".to_owned(),
        "/iiif/3/00000000000000000000000000000000/full/max/0/default.jpg".to_owned(),
        "/iiif/3/nonsense/info.json".to_owned(),
        "/iiif/3/%5Bfrob%5D/info.json".to_owned(),
        "/iiif/3/a/b/info.json".to_owned(),
        format!("/iiif/3/{}/info.xml", painted.slide),
    ] {
        lab.get(&absent).await?.problem(StatusCode::NOT_FOUND)?;
    }
    Ok(())
}
