//! Figures and times as people read them.

use catalog::PrivateText;
use chrono::{DateTime, Utc};
use flow::MicrometreRect;

/// Of what there is none.
pub(super) const NONE: &str = "\u{2013}";

/// To three figures after the point, never rounded up to certainty.
pub(super) fn probability(value: f64) -> String {
    match value {
        value if value > 0.999 && value < 1.0 => "> 0.999".to_owned(),
        value if value > 0.0 && value < 0.001 => "< 0.001".to_owned(),
        value => format!("{value:.3}"),
    }
}

pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.1}", 100.0 * share);
    format!("{} %", text.trim_end_matches(".0"))
}

/// To three figures, in the unit that fits.
pub(super) fn length(um: f64) -> String {
    match um {
        um if um >= 1_000.0 => format!("{} mm", three_figures(um / 1_000.0)),
        um => format!("{} \u{b5}m", three_figures(um)),
    }
}

/// To three figures, in the unit that fits.
pub(super) fn surface(um2: f64) -> String {
    match um2 {
        um2 if um2 >= 1e4 => format!("{} mm\u{b2}", three_figures(um2 / 1e6)),
        um2 => format!("{} \u{b5}m\u{b2}", three_figures(um2)),
    }
}

/// From the top left of the slide.
pub(super) fn place(rect: MicrometreRect) -> String {
    let [x, y] = [rect.x + rect.width / 2.0, rect.y + rect.height / 2.0];
    format!("x {:.3} mm, y {:.3} mm", x / 1_000.0, y / 1_000.0)
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A class as a task names it.
pub(super) fn label(class: &str) -> String {
    let text = class.replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// What a person wrote, for readers who may see it.
pub(super) fn private<const MOST: usize>(text: Option<&PrivateText<MOST>>) -> String {
    text.map_or(NONE, PrivateText::reveal).to_owned()
}

fn three_figures(value: f64) -> String {
    let digits_before = value.abs().max(1.0).log10().floor() as usize + 1;
    let text = format!("{value:.*}", 3_usize.saturating_sub(digits_before));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_people_read_them() {
        assert_eq!(
            [0.5, 0.9996, 1.0, 0.0002].map(probability),
            ["0.500", "> 0.999", "1.000", "< 0.001"]
        );
        assert_eq!(
            [12.34, 999.0, 1_240.0, 12_345.0].map(length),
            ["12.3 \u{b5}m", "999 \u{b5}m", "1.24 mm", "12.3 mm"]
        );
        assert_eq!(
            [840.0, 12_000.0, 4e6].map(surface),
            ["840 \u{b5}m\u{b2}", "0.01 mm\u{b2}", "4 mm\u{b2}"]
        );
        assert_eq!([0.9, 0.955, 1.0].map(percent), ["90 %", "95.5 %", "100 %"]);
        assert_eq!(label("no_tumour"), "No tumour");
    }
}
