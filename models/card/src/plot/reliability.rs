use evaluation::{Kind, Report};
use maud::{Markup, html};

use super::frame::{Frame, path, x, y};

/// How often right against how sure, bin by bin, with intervals and counts.
pub(crate) fn reliability(report: &Report) -> Markup {
    let (x_label, y_label) = match report.kind {
        Kind::Binary { .. } => ("Mean probability", "Share positive"),
        Kind::Classes | Kind::Grades => ("Mean probability of the call", "Share right"),
    };
    let frame = Frame {
        x_label,
        y_label,
        description: "Reliability diagram".to_owned(),
    };
    frame.draw(&html! {
        path.chance d=(path([(0.0, 0.0), (1.0, 1.0)].into_iter())) {}
        @for bin in &report.reliability {
            @let across = x(bin.mean_confidence);
            line.whisker x1=(across) x2=(across) y1=(y(bin.low)) y2=(y(bin.high)) {}
            circle.dot cx=(across) cy=(y(bin.share_right)) r="4" { title { (bin.n) " slides" } }
        }
    })
}
