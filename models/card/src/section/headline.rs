use evaluation::{Kind, Measure, Report};
use maud::{Markup, html};

use crate::words::{interval, n_slides, name, number, percent};

/// The figures to look at first.
pub(crate) fn headline(report: &Report) -> Markup {
    let level = percent(report.method.bootstrap.level);
    html! {
        ul.headline {
            @for measure in leading(report.kind) {
                @if let Some(estimate) = report.figures.figures.get(&measure) {
                    li {
                        span.name { (name(measure)) }
                        span.value { (estimate.value().map_or("undefined".to_owned(), number)) }
                        span.interval {
                            (interval(estimate))
                            @if let Some(n) = n_slides(estimate) { ", n = " (n) }
                        }
                    }
                }
            }
        }
        p.note { "Below each figure: its " (level) " % interval, and the slides it rests on." }
    }
}

fn leading(kind: Kind) -> [Measure; 3] {
    match kind {
        Kind::Binary { .. } => [Measure::Auc, Measure::Sensitivity, Measure::Specificity],
        Kind::Classes => [Measure::Auc, Measure::BalancedAccuracy, Measure::Accuracy],
        Kind::Grades => [
            Measure::QuadraticWeightedKappa,
            Measure::BalancedAccuracy,
            Measure::OffByTwoOrMore,
        ],
    }
}
