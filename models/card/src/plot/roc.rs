use evaluation::{Estimate, Kind, Report, RocCurve};
use maud::{Markup, html};

use super::frame::{Frame, path, x, y};
use super::legend::{class_of, legend};

/// Each curve with its band; of two classes the operating point too.
pub(crate) fn roc(report: &Report) -> Markup {
    let frame = Frame {
        x_label: "False positive rate",
        y_label: "Sensitivity",
        description: "ROC curve with its interval".to_owned(),
    };
    let several = report.roc.len() > 1;
    let inside = html! {
        path.chance d=(path([(0.0, 0.0), (1.0, 1.0)].into_iter())) {}
        @for (number, curve) in report.roc.iter().enumerate() {
            path class={ "band " (class_of(number)) } d=(band(curve)) {}
        }
        @for (number, curve) in report.roc.iter().enumerate() {
            path class={ "curve " (class_of(number)) } d=(line(curve)) {}
        }
        @if let Some((alarms, sensitivity)) = operating_point(report) {
            circle.dot cx=(x(alarms)) cy=(y(sensitivity)) r="4.5" {
                title { "the threshold" }
            }
        }
    };
    let names = report.roc.iter().map(|curve| curve.class.as_str());
    html! {
        (frame.draw(&inside))
        @if several { (legend(names.enumerate())) }
    }
}

fn line(curve: &RocCurve) -> String {
    let points = curve.points.iter();
    path(points.map(|point| (point.false_positive_rate, point.sensitivity)))
}

/// There along the upper edge, back along the lower one.
fn band(curve: &RocCurve) -> String {
    let upper = curve.band.iter().map(|p| (p.false_positive_rate, p.high));
    let lower = curve.band.iter().rev();
    path(upper.chain(lower.map(|p| (p.false_positive_rate, p.low)))) + "Z"
}

fn operating_point(report: &Report) -> Option<(f64, f64)> {
    match (report.kind, &report.figures.recall[..]) {
        (Kind::Binary { .. }, [specificity, sensitivity]) => {
            let alarms = 1.0 - Estimate::value(specificity)?;
            Some((alarms, sensitivity.value()?))
        }
        _ => None,
    }
}
