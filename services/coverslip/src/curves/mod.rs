//! How a training went, as a picture: losses on the left, the metric on the right, one colour a
//! fold.

mod axes;
mod picture;
mod strokes;

use mil::train::EpochReport;
use serde::Serialize;

use self::axes::{Panel, Series};
pub(crate) use self::picture::Picture;

/// Every epoch of one head.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Curve {
    reports: Vec<EpochReport>,
    #[serde(skip)]
    fold: usize,
}

impl Curve {
    pub(crate) fn of(fold: usize, reports: &[EpochReport]) -> Self {
        Self {
            reports: reports.to_vec(),
            fold,
        }
    }

    pub(crate) fn n_epochs(&self) -> u32 {
        self.reports.last().map_or(0, |report| report.epoch)
    }

    fn series(&self, width: f32, value: impl Fn(&EpochReport) -> Option<f64>) -> Series {
        let points = self.reports.iter();
        Series {
            fold: self.fold,
            width,
            points: points
                .filter_map(|report| Some((f64::from(report.epoch), value(report)?)))
                .collect(),
        }
    }
}

/// Widths of lines.
const FAINT: f32 = 0.6;
const FULL: f32 = 1.8;

const WIDTH: f32 = 960.0;
const HEIGHT: f32 = 380.0;

/// Training losses are drawn faint, those of the bags kept for early stopping in full.
pub(crate) fn draw(curves: &[Curve], metric: &str) -> Picture {
    let mut picture = Picture::new(WIDTH as u32, HEIGHT as u32);
    let training = curves
        .iter()
        .map(|c| c.series(FAINT, |r| Some(r.training_loss)));
    let validation = curves
        .iter()
        .map(|c| c.series(FULL, |r| Some(r.validation_loss)));
    let losses = Panel {
        left: 0.0,
        width: WIDTH / 2.0,
        height: HEIGHT,
        title: "loss (faint: training, full: validation)",
        series: training.chain(validation).collect(),
    };
    losses.draw(&mut picture);
    let metrics = curves
        .iter()
        .map(|c| c.series(FULL, |r| r.validation_metric));
    let metrics = Panel {
        left: WIDTH / 2.0,
        width: WIDTH / 2.0,
        height: HEIGHT,
        title: &format!("validation {metric}"),
        series: metrics.collect(),
    };
    metrics.draw(&mut picture);
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pictures_show_every_head() -> anyhow::Result<()> {
        let report = |epoch: u32, loss: f64| EpochReport {
            epoch,
            n_epochs: 3,
            training_loss: loss / f64::from(epoch),
            validation_loss: 1.2 * loss / f64::from(epoch),
            validation_metric: Some(0.5 + 0.1 * f64::from(epoch) / loss),
        };
        let reports = |loss| (1..=3).map(|epoch| report(epoch, loss)).collect::<Vec<_>>();
        let (first, second) = (reports(1.0), reports(1.5));
        let picture = draw(&[Curve::of(0, &first), Curve::of(1, &second)], "AUC");
        let svg = picture.svg();
        assert_eq!(svg.matches("stroke=\"#1f77b4\"").count(), 3);
        assert_eq!(svg.matches("stroke=\"#ff7f0e\"").count(), 3);
        let png = picture.png()?;
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
        reader.next_frame(&mut pixels)?;
        let blue = pixels
            .chunks(4)
            .filter(|pixel| pixel[..3] == [0x1f, 0x77, 0xb4]);
        assert!(blue.count() > 50);
        draw(&[], "AUC").png()?;
        Ok(())
    }
}
