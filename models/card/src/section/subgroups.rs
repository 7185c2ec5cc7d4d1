use evaluation::{Group, GroupFigures, Measure, Report, Subgroups};
use maud::{Markup, html};

use crate::plot::forest;
use crate::words::{leading, name, suppression, with_interval};

/// The leading figures in each group; groups that are too small are named.
pub(crate) fn subgroups(report: &Report) -> Markup {
    html! {
        @for subgroups in &report.subgroups {
            section {
                h2 { "By " (subgroups.column) }
                figure.forest {
                    figcaption { (name(leading(report.kind))) " in each group. The line is that of all slides." }
                    (forest(report, subgroups))
                }
                div.wide { (table(report, subgroups)) }
                p.note { "Intervals are not adjusted for looking at several groups." }
            }
        }
    }
}

fn table(report: &Report, subgroups: &Subgroups) -> Markup {
    let measures: Vec<Measure> = report.figures.figures.keys().copied().collect();
    html! {
        table.groups {
            thead {
                tr {
                    th scope="col" { "Figure" }
                    @for group in &subgroups.groups { th.number scope="col" { (group.value) } }
                }
            }
            tbody {
                tr {
                    th scope="row" { "Slides" @if report.n_patients.is_some() { " (patients)" } }
                    @for group in &subgroups.groups { td.number { (size(report, group)) } }
                }
                @for measure in measures {
                    tr {
                        th scope="row" { (name(measure)) }
                        @for group in &subgroups.groups { td.number { (figure(group, measure)) } }
                    }
                }
            }
        }
    }
}

fn size(report: &Report, group: &Group) -> String {
    match &group.figures {
        GroupFigures::Measured {
            n_slides,
            n_patients: Some(n_patients),
            ..
        } => format!("{n_slides} ({n_patients})"),
        GroupFigures::Measured { n_slides, .. } => n_slides.to_string(),
        GroupFigures::Suppressed { reason } => suppression(*reason, report),
    }
}

fn figure(group: &Group, measure: Measure) -> String {
    match &group.figures {
        GroupFigures::Measured { figures, .. } => figures
            .figures
            .get(&measure)
            .map_or("–".to_owned(), with_interval),
        GroupFigures::Suppressed { .. } => "–".to_owned(),
    }
}
