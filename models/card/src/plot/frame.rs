use std::fmt::Write;

use maud::{Markup, html};

/// A plot whose axes both go from 0 to 1.
pub(super) struct Frame {
    pub(super) x_label: &'static str,
    pub(super) y_label: &'static str,
    /// For those who cannot see it.
    pub(super) description: String,
}

pub(super) const WIDTH: f64 = 340.0;
pub(super) const HEIGHT: f64 = 320.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 42.0;

/// A share of the horizontal axis in units of the picture.
pub(super) fn x(share: f64) -> f64 {
    round(LEFT + share * (WIDTH - LEFT - RIGHT))
}

/// A share of the vertical axis in units of the picture, from the bottom.
pub(super) fn y(share: f64) -> f64 {
    round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))
}

/// Tenths are fine enough to see and short to write.
pub(super) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The path through points given as shares of the axes.
pub(super) fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut text = String::new();
    for (number, (across, up)) in points.enumerate() {
        let command = if number == 0 { 'M' } else { 'L' };
        // Writing to a string does not fail.
        let _infallible = write!(text, "{command}{} {}", x(across), y(up));
    }
    text
}

impl Frame {
    /// The axes with `inside` between them.
    pub(super) fn draw(&self, inside: &Markup) -> Markup {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(self.description) {
                @for tick in ticks {
                    line.grid x1=(x(tick)) x2=(x(tick)) y1=(y(0.0)) y2=(y(1.0)) {}
                    line.grid x1=(x(0.0)) x2=(x(1.0)) y1=(y(tick)) y2=(y(tick)) {}
                    text.tick x=(x(tick)) y=(y(0.0) + 15.0) text-anchor="middle" { (tick) }
                    text.tick x=(x(0.0) - 7.0) y=(y(tick) + 4.0) text-anchor="end" { (tick) }
                }
                text.label x=(x(0.5)) y=(HEIGHT - 6.0) text-anchor="middle" { (self.x_label) }
                text.label text-anchor="middle"
                    transform={ "translate(11 " (y(0.5)) ") rotate(-90)" } { (self.y_label) }
                (inside)
            }
        }
    }
}
