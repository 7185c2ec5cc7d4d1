use bytes::Bytes;
use flow::{MicrometreRect, PixelRect, PixelSize};
use pyramid::RgbImage;

use crate::error::TilesError;
use crate::tiled_slide::TiledSlide;

/// A part of a slide, and how many pixels it shall be shown with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct View {
    /// x, y, width, height in (parts of) pixels of the full resolution.
    part: [f64; 4],
    out: PixelSize,
}

impl View {
    pub(crate) fn of(part: PixelRect, out: PixelSize) -> Self {
        let part = [part.x, part.y, part.width, part.height].map(f64::from);
        Self { part, out }
    }

    pub(crate) fn whole(slide: &TiledSlide, out: PixelSize) -> Self {
        let PixelSize { width, height } = slide.size();
        let whole = PixelRect {
            x: 0,
            y: 0,
            width,
            height,
        };
        Self::of(whole, out)
    }

    /// Pixels of a smaller picture whose sides are `scale` times shorter than the slide's.
    pub(crate) fn scaled(part: PixelRect, scale: [f64; 2]) -> Self {
        let [x, y, width, height] = [part.x, part.y, part.width, part.height].map(f64::from);
        Self {
            part: [
                x * scale[0],
                y * scale[1],
                width * scale[0],
                height * scale[1],
            ],
            out: PixelSize::new(part.width, part.height),
        }
    }

    /// Reads and draws the view; `finish` makes the answer of its pixels, away from the async
    /// threads.
    pub(crate) async fn render(
        self,
        slide: &TiledSlide,
        finish: impl FnOnce(RgbImage) -> Result<Vec<u8>, TilesError> + Send + 'static,
    ) -> Result<Bytes, TilesError> {
        let base = slide.reader.mpp();
        let [x, y, width, height] = self.part.map(|pixels| pixels * base.get());
        let rect = MicrometreRect {
            x,
            y,
            width,
            height,
        };
        let fetched = slide
            .reader
            .fetch(base.times(self.downsample()), rect, self.out)
            .await?;
        let picture = tokio::task::spawn_blocking(move || finish(fetched.render()?));
        Ok(picture.await??.into())
    }

    /// The finer of the two axes decides from which level the pixels come.
    fn downsample(&self) -> f64 {
        let across = self.part[2] / f64::from(self.out.width);
        let down = self.part[3] / f64::from(self.out.height);
        across.min(down)
    }
}
