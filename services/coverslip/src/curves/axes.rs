use super::picture::{Colour, Picture};

const MARGIN: f32 = 44.0;
const N_TICKS: usize = 5;
const GREY: Colour = Colour([0x66, 0x66, 0x66]);
/// One a fold, in turn.
const COLOURS: [Colour; 6] = [
    Colour([0x1f, 0x77, 0xb4]),
    Colour([0xff, 0x7f, 0x0e]),
    Colour([0x2c, 0xa0, 0x2c]),
    Colour([0xd6, 0x27, 0x28]),
    Colour([0x94, 0x67, 0xbd]),
    Colour([0x8c, 0x56, 0x4b]),
];

/// One line of a panel.
pub(super) struct Series {
    pub(super) fold: usize,
    /// Of the line, in pixels.
    pub(super) width: f32,
    /// Epoch and value.
    pub(super) points: Vec<(f64, f64)>,
}

/// Axes with some lines.
pub(super) struct Panel<'a> {
    /// In pixels, as the other sizes.
    pub(super) left: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) title: &'a str,
    pub(super) series: Vec<Series>,
}

impl Panel<'_> {
    pub(super) fn draw(&self, picture: &mut Picture) {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let epochs = (1.0, points().map(|p| p.0).fold(2.0, f64::max));
        let values = range(points().map(|p| p.1));
        let place = |(epoch, value): (f64, f64)| (self.x(epoch, epochs), self.y(value, values));
        self.axes(picture, epochs, values);
        for series in &self.series {
            let line: Vec<(f32, f32)> = series.points.iter().map(|&point| place(point)).collect();
            let colour = COLOURS[series.fold % COLOURS.len()];
            picture.line(&line, colour, series.width);
        }
    }

    fn axes(&self, picture: &mut Picture, epochs: (f64, f64), values: (f64, f64)) {
        let (left, right) = (self.x(epochs.0, epochs), self.x(epochs.1, epochs));
        let (bottom, top) = (self.y(values.0, values), self.y(values.1, values));
        picture.line(&[(left, top), (left, bottom), (right, bottom)], GREY, 1.0);
        picture.text((left, top - 20.0), self.title, GREY);
        picture.text(((left + right) / 2.0 - 20.0, bottom + 28.0), "epoch", GREY);
        for tick in 0..N_TICKS {
            let share = tick as f64 / (N_TICKS - 1) as f64;
            let value = values.0 + share * (values.1 - values.0);
            let epoch = (epochs.0 + share * (epochs.1 - epochs.0)).round();
            let (x, y) = (self.x(epoch, epochs), self.y(value, values));
            picture.line(&[(left - 4.0, y), (left, y)], GREY, 1.0);
            picture.text((left - 36.0, y - 4.0), &format!("{value:.2}"), GREY);
            picture.line(&[(x, bottom), (x, bottom + 4.0)], GREY, 1.0);
            picture.text((x - 5.0, bottom + 9.0), &format!("{epoch}"), GREY);
        }
    }

    fn x(&self, epoch: f64, (first, last): (f64, f64)) -> f32 {
        let share = (epoch - first) / (last - first);
        self.left + MARGIN + share as f32 * (self.width - 1.5 * MARGIN)
    }

    fn y(&self, value: f64, (lowest, highest): (f64, f64)) -> f32 {
        let share = (value - lowest) / (highest - lowest);
        self.height - MARGIN - share as f32 * (self.height - 2.0 * MARGIN)
    }
}

/// Never empty.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|value| value.is_finite());
    let (lowest, highest) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    match lowest < highest {
        true => (lowest, highest),
        false if lowest.is_finite() => (lowest - 0.5, lowest + 0.5),
        false => (0.0, 1.0),
    }
}
