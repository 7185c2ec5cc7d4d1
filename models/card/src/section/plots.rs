use evaluation::{Kind, Report};
use maud::{Markup, html};

use crate::plot::{confusion, histogram, reliability, roc};

/// The curves behind the figures, each with what to look for.
pub(crate) fn plots(report: &Report) -> Markup {
    let is_binary = matches!(report.kind, Kind::Binary { .. });
    html! {
        section {
            h2 { "Behind the figures" }
            div.plots {
                @if !report.roc.is_empty() {
                    figure {
                        figcaption { strong { "ROC" } " " (roc_caption(is_binary)) }
                        (roc(report))
                    }
                }
                figure {
                    figcaption {
                        strong { "Reliability" }
                        " Dots on the diagonal: as often right as it is sure. Each dot is "
                        (slides_a_dot(report)) " slides, its bar a 95 % interval."
                    }
                    (reliability(report))
                }
                figure {
                    figcaption {
                        strong { "Confusion" } " Slides by true and called class; shade is the \
                        share of the true class."
                    }
                    (confusion(&report.confusion))
                }
                figure {
                    figcaption { strong { "Scores" } " " (score_caption(is_binary)) }
                    (histogram(report))
                }
            }
        }
    }
}

/// `17`, or `16 to 18`.
fn slides_a_dot(report: &Report) -> String {
    let counts = report.reliability.iter().map(|bin| bin.n);
    let fewest = counts.clone().min().unwrap_or(0);
    match counts.max() {
        Some(most) if most > fewest => format!("{fewest} to {most}"),
        _ => fewest.to_string(),
    }
}

fn roc_caption(is_binary: bool) -> &'static str {
    match is_binary {
        true => "Sensitivity at each share of false alarms; the band is its pointwise interval.",
        false => "Each class against the rest; bands are pointwise intervals.",
    }
}

fn score_caption(is_binary: bool) -> &'static str {
    match is_binary {
        true => "Probability of the positive class, by true class. The line is the threshold.",
        false => "Probability given to the true class, by true class.",
    }
}
