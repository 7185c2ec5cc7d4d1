//! Phantoms as the overview that tissue is found on.

use std::error::Error;

use flow::{Mpp, PixelRect};
use phantom::{Scene, paint};
use tissue::Overview;

pub(crate) const UM_PER_PIXEL: f64 = 8.0;

pub(crate) fn overview_of(scene: &Scene) -> Result<Overview, Box<dyn Error>> {
    let side = (scene.side_um() / UM_PER_PIXEL) as u32;
    let rect = PixelRect {
        x: 0,
        y: 0,
        width: side,
        height: side,
    };
    let picture = paint(scene, rect, Mpp::new(UM_PER_PIXEL)?);
    Ok(Overview {
        size: picture.size,
        um_per_pixel: UM_PER_PIXEL,
        rgb: picture.pixels,
    })
}
