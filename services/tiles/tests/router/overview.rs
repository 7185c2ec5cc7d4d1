use axum::http::{StatusCode, header};
use flow::PixelSize;

use crate::lab::{Lab, TestResult};
use crate::painted::Shape;
use crate::png_pixels::Rgba;

#[tokio::test]
async fn the_thumbnail_is_the_slide_made_small() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    let base = format!("/api/v1/slides/{}/thumbnail", painted.slide);
    let answer = lab.fetch(&format!("{base}?width=100")).await?;
    let found = pyramid::decode_jpeg(&answer.body)?;
    assert_eq!(found.size, PixelSize::new(100, 76));
    let expected = painted.levels[0].pixel(10 * 7 + 3, 30 * 7 + 3);
    let corner = found.pixel(10, 30);
    assert!(
        corner.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 16),
        "{corner:?} {expected:?}"
    );
    assert_eq!(
        pyramid::decode_jpeg(&lab.fetch(&base).await?.body)?
            .size
            .width,
        512
    );
    let tag = answer.header(header::ETAG).to_owned();
    let again = lab
        .ask(&format!("{base}?width=100"), &[("if-none-match", &tag)])
        .await?;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    Ok(())
}

#[tokio::test]
async fn impossible_widths_are_refused() -> TestResult {
    let (lab, painted) = Lab::with_square().await?;
    for width in ["0", "1025", "-5", "many"] {
        let path = format!("/api/v1/slides/{}/thumbnail?width={width}", painted.slide);
        lab.get(&path).await?.problem(StatusCode::BAD_REQUEST)?;
    }
    Ok(())
}

#[tokio::test]
async fn the_tissue_lies_over_the_thumbnail() -> TestResult {
    let shape = Shape {
        size: PixelSize::new(1000, 500),
        tile: PixelSize::new(256, 256),
        short_by: 0,
    };
    let (lab, painted) = Lab::with(shape).await?;
    let path = format!("/api/v1/slides/{}/tissue.png?width=200", painted.slide);
    let tissue = Rgba::read(&lab.fetch(&path).await?.body)?;
    assert_eq!(tissue.size, PixelSize::new(200, 100));
    // 500 um wide: 20 cells of 25 um, the first 10 of them tissue.
    for y in [0, 50, 99] {
        assert!(tissue.pixel(0, y)[3] > 0 && tissue.pixel(99, y)[3] > 0);
        assert_eq!(tissue.pixel(100, y)[3], 0);
        assert_eq!(tissue.pixel(199, y)[3], 0);
    }
    Ok(())
}
