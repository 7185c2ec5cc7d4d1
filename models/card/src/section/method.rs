use evaluation::{Report, Unit};
use maud::{Markup, html};

use crate::words::percent;

/// How the figures were made, so that they can be made again.
pub(crate) fn method(report: &Report) -> Markup {
    let method = &report.method;
    let config = &method.bootstrap;
    html! {
        section {
            h2 { "How it was measured" }
            ul {
                li {
                    "Intervals: " (percent(config.level)) " % percentile bootstrap of "
                    (config.resamples) " resamples, seed " (config.seed) ", drawing "
                    (unit(method.unit))
                    @if method.is_stratified {
                        ", within strata of the classes they hold, because one class is rare"
                    }
                    ". Widened to the figure itself where resampling shifts it."
                }
                li { "Resamples in which a figure has no value: " (method.undefined_resamples) "." }
                li { "Calibration bins: " (method.calibration_bins) "." }
                li {
                    "Groups of fewer than 10 " (cases(report)) ", or with fewer than 5 of a class, \
                     are named without figures."
                }
                li {
                    "Where threshold or calibration were chosen on these very slides, as after \
                     cross-validation, the figures that rest on them are somewhat too good."
                }
                li {
                    "AUC counts ties half; of several classes it is the mean of each against the \
                     rest. The calibration error of several classes is that of the called one."
                }
            }
        }
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Patient => "patients with all their slides",
        Unit::Slide => "slides",
    }
}

fn cases(report: &Report) -> &'static str {
    match report.method.unit {
        Unit::Patient => "patients",
        Unit::Slide => "slides",
    }
}
