use bytes::Bytes;
use flow::{MicrometreRect, PixelSize, Prediction};
use http::ApiError;
use pyramid::{PyramidReader, RgbImage};
use report::{Figure, Figures};

use super::overview::{OVERVIEW_PX, Overlay, overview_size};
use super::words::{place, probability};

const JPEG_QUALITY: u8 = 88;
/// Sides of a region's picture.
const REGION_PX: u32 = 320;
/// Regions with pictures; more are on the slide.
pub(super) const MOST_REGIONS: usize = 8;

/// The whole slide, as scanned and under its heatmap.
pub(super) async fn overviews(
    reader: &PyramidReader,
    size: PixelSize,
    overlay: Option<Overlay>,
) -> Result<Figures, ApiError> {
    let out = overview_size(size, OVERVIEW_PX);
    let whole = MicrometreRect {
        x: 0.0,
        y: 0.0,
        width: f64::from(size.width) * reader.mpp().get(),
        height: f64::from(size.height) * reader.mpp().get(),
    };
    let plain = read(reader, whole, out).await?;
    let um_per_px = whole.width / f64::from(out.width);
    let made = tokio::task::spawn_blocking(move || {
        let mut figures = Vec::new();
        if let Some(overlay) = &overlay {
            figures.push(figure(
                &overlay.over(&plain, um_per_px),
                "The slide under the heatmap of attention, the regions below outlined",
                vec![overlay.legend()],
            )?);
        }
        let caption = vec!["The slide as scanned".to_owned()];
        figures.insert(0, figure(&plain, "The whole slide", caption)?);
        Ok::<_, ApiError>(figures)
    });
    let figures = made.await.map_err(ApiError::internal)??;
    Ok(Figures {
        columns: figures.len(),
        figures,
    })
}

/// The tiles that weighed most, with what each says alone where that may be shown.
pub(super) async fn regions(
    reader: &PyramidReader,
    prediction: &Prediction,
    shows_figures: bool,
) -> Result<Figures, ApiError> {
    let mut figures = Vec::new();
    for (at, tile) in prediction.top_tiles.iter().take(MOST_REGIONS).enumerate() {
        let side_px = (tile.rect_um.width / reader.mpp().get()).ceil() as u32;
        let side = side_px.clamp(1, REGION_PX);
        let picture = read(reader, tile.rect_um, PixelSize::new(side, side)).await?;
        let weight = tile.attention * prediction.n_instances as f64;
        let mut caption = vec![format!("{}: weighs {weight:.1} average tiles", at + 1)];
        if let (true, Some(alone)) = (shows_figures, tile.tile_probability) {
            caption.push(format!("alone p = {}", probability(alone)));
        }
        caption.push(place(tile.rect_um));
        let made = tokio::task::spawn_blocking(move || {
            figure(&picture, &format!("Region {}", at + 1), caption)
        });
        figures.push(made.await.map_err(ApiError::internal)??);
    }
    Ok(Figures {
        columns: 4,
        figures,
    })
}

async fn read(
    reader: &PyramidReader,
    rect: MicrometreRect,
    out: PixelSize,
) -> Result<RgbImage, ApiError> {
    let downsample = rect.width / reader.mpp().get() / f64::from(out.width);
    let mpp = reader.mpp().times(downsample.max(1.0));
    reader.read_region(mpp, rect, out).await.map_err(unreadable)
}

fn figure(picture: &RgbImage, alt: &str, caption: Vec<String>) -> Result<Figure, ApiError> {
    let jpeg =
        pyramid::encode_jpeg_full_colour(picture, JPEG_QUALITY).map_err(ApiError::internal)?;
    Ok(Figure {
        jpeg: Bytes::from(jpeg),
        width: picture.size.width,
        height: picture.size.height,
        alt: alt.to_owned(),
        caption,
    })
}

fn unreadable(error: pyramid::PyramidError) -> ApiError {
    match error.is_unavailable() {
        true => ApiError::storage_away(error),
        false => ApiError::internal(error),
    }
}
