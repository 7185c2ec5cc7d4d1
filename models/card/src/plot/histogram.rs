use evaluation::{Histogram, Kind, Report};
use maud::{Markup, html};

use super::frame::{WIDTH, round, x};
use super::legend::class_of;

/// A strip of bars for each class, one above the other on one scale.
pub(crate) fn histogram(report: &Report) -> Markup {
    let strips = &report.histograms;
    let height = STRIP * strips.len() as f64 + AXIS;
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label="Scores by true class" {
            @for (number, strip) in strips.iter().enumerate() {
                (bars(strip, number))
            }
            @if let Kind::Binary { threshold } = report.kind {
                line.threshold x1=(x(threshold)) x2=(x(threshold)) y1="4" y2=(height - AXIS) {}
            }
            @for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
                text.tick x=(x(tick)) y=(height - AXIS + 15.0) text-anchor="middle" { (tick) }
            }
            text.label x=(x(0.5)) y=(height - 6.0) text-anchor="middle" { "Probability" }
        }
    }
}

const STRIP: f64 = 78.0;
const AXIS: f64 = 40.0;
/// Above the bars of a strip stands the class.
const HEADROOM: f64 = 20.0;

fn bars(strip: &Histogram, number: usize) -> Markup {
    let bottom = STRIP * (number + 1) as f64;
    let most = strip.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let n_bins = strip.counts.len() as f64;
    let n_slides: usize = strip.counts.iter().sum();
    html! {
        text.name x=(x(0.0)) y=(bottom - STRIP + 15.0) {
            (strip.class) ", n = " (n_slides)
        }
        line.axis x1=(x(0.0)) x2=(x(1.0)) y1=(bottom) y2=(bottom) {}
        @for (at, &count) in strip.counts.iter().enumerate() {
            @let tall = round((STRIP - HEADROOM) * count as f64 / most);
            @if count > 0 {
                rect class={ "bar " (class_of(number)) } x=(x(at as f64 / n_bins) + 0.5)
                    y=(round(bottom - tall)) height=(tall)
                    width=(round(x(1.0 / n_bins) - x(0.0) - 1.0)) {
                    title { (count) " slides" }
                }
            }
        }
        text.tick x=(x(0.0) - 7.0) y=(bottom - STRIP + HEADROOM + 8.0) text-anchor="end" { (most) }
        text.tick x=(x(0.0) - 7.0) y=(bottom) text-anchor="end" { "0" }
    }
}
