use evaluation::{Estimate, Group, GroupFigures, Report, Subgroups};
use maud::{Markup, html};

use super::frame::round;
use crate::words::{leading, suppression, with_interval};

/// One row for all slides and one a group: the leading figure with its interval on one scale.
pub(crate) fn forest(report: &Report, subgroups: &Subgroups) -> Markup {
    let measure = leading(report.kind);
    let all = report.figures.figures.get(&measure);
    let height = ROW * (subgroups.groups.len() + 1) as f64 + AXIS;
    let whole = all.and_then(Estimate::value);
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label="Figure by group" {
            @for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
                line.grid x1=(x(tick)) x2=(x(tick)) y1="4" y2=(height - AXIS) {}
                text.tick x=(x(tick)) y=(height - AXIS + 15.0) text-anchor="middle" { (tick) }
            }
            @if let Some(value) = whole {
                line.threshold x1=(x(value)) x2=(x(value)) y1="4" y2=(height - AXIS) {}
            }
            @if let Some(all) = all { (row("All slides", all, 0)) }
            @for (number, group) in subgroups.groups.iter().enumerate() {
                (group_row(report, group, number + 1))
            }
        }
    }
}

const WIDTH: f64 = 720.0;
const ROW: f64 = 26.0;
const AXIS: f64 = 24.0;
const NAMES: f64 = 170.0;
const FIGURES: f64 = 190.0;

/// A value in units of the picture; what lies below 0 (a kappa may) ends at the axis.
fn x(value: f64) -> f64 {
    round(NAMES + value.clamp(0.0, 1.0) * (WIDTH - NAMES - FIGURES))
}

fn middle(number: usize) -> f64 {
    ROW * (number as f64 + 0.5) + 4.0
}

fn group_row(report: &Report, group: &Group, number: usize) -> Markup {
    let figures = match &group.figures {
        GroupFigures::Measured { figures, .. } => figures,
        GroupFigures::Suppressed { reason } => {
            return html! {
                (name(&group.value, number))
                text.suppressed x=(NAMES + 8.0) y=(middle(number) + 4.0) {
                    (suppression(*reason, report))
                }
            };
        }
    };
    html! {
        @if let Some(estimate) = figures.figures.get(&leading(report.kind)) {
            (row(&group.value, estimate, number))
        }
    }
}

fn row(label: &str, estimate: &Estimate, number: usize) -> Markup {
    let up = middle(number);
    html! {
        (name(label, number))
        @if let Estimate::Measured { interval, .. } = estimate {
            line.whisker x1=(x(interval.low)) x2=(x(interval.high)) y1=(up) y2=(up) {}
        }
        @if let Some(value) = estimate.value() {
            rect.dot x=(x(value) - 4.0) y=(up - 4.0) width="8" height="8" {}
        }
        text.figure x=(WIDTH - 4.0) y=(up + 4.0) text-anchor="end" { (with_interval(estimate)) }
    }
}

fn name(label: &str, number: usize) -> Markup {
    html! {
        text.name x=(NAMES - 12.0) y=(middle(number) + 4.0) text-anchor="end" { (label) }
    }
}
