use evaluation::{Estimate, IntervalMethod, Kind, Report};
use maud::{Markup, html};

use crate::words::{interval, meaning, n_slides, name, number, percent};

/// Every figure with its interval, the number of slides it rests on, and what it says.
pub(crate) fn figures(report: &Report) -> Markup {
    let level = percent(report.method.bootstrap.level);
    html! {
        section {
            h2 { "Figures" }
            div.wide {
                table {
                    thead {
                        tr {
                            th scope="col" { "Figure" }
                            th.number scope="col" { "Value" }
                            th.number scope="col" { (level) " % interval" }
                            th.number scope="col" { "n" }
                            th scope="col" { "What it says" }
                        }
                    }
                    tbody {
                        @for (&measure, estimate) in &report.figures.figures {
                            (row(name(measure), estimate, &meaning(measure, report)))
                        }
                        @if !matches!(report.kind, Kind::Binary { .. }) {
                            @for (class, estimate) in report.classes.iter().zip(&report.figures.recall) {
                                (row(&format!("Recall of {}", class.name), estimate,
                                     "slides of this class called so"))
                            }
                        }
                    }
                }
            }
            @if has_wilson(report) {
                p.note {
                    "* The same in every resample; Wilson's interval, each patient counted once."
                }
            }
        }
    }
}

fn row(name: &str, estimate: &Estimate, meaning: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td.number { (estimate.value().map_or("–".to_owned(), number)) }
            td.number { (interval(estimate)) }
            td.number { (n_slides(estimate).map_or("–".to_owned(), |n| n.to_string())) }
            td { (meaning) }
        }
    }
}

fn has_wilson(report: &Report) -> bool {
    let all = report
        .figures
        .figures
        .values()
        .chain(&report.figures.recall);
    let is_wilson = |estimate: &Estimate| match estimate {
        Estimate::Measured { interval, .. } => interval.method == IntervalMethod::Wilson,
        Estimate::WithoutInterval { .. } | Estimate::Undefined { .. } => false,
    };
    all.into_iter().any(is_wilson)
}
