use evaluation::Report;
use maud::{Markup, html};

/// The slides the figures are measured on.
pub(crate) fn data(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Slides it was measured on" }
            p {
                (report.n_slides) " slides"
                @match report.n_patients {
                    Some(n) => { " of " (n) " patients." },
                    None => { ". Patients are not known, so each slide counts as independent; \
                              if patients have several, the intervals are too narrow." },
                }
            }
            table {
                thead {
                    tr {
                        th scope="col" { "Class" }
                        th.number scope="col" { "Slides" }
                        th.number scope="col" { "Share" }
                        @if report.n_patients.is_some() {
                            th.number scope="col" { "Patients" }
                        }
                    }
                }
                tbody {
                    @for class in &report.classes {
                        tr {
                            th scope="row" { (class.name) }
                            td.number { (class.n_slides) }
                            td.number { (share(class.n_slides, report.n_slides)) }
                            @if let Some(n) = class.n_patients { td.number { (n) } }
                        }
                    }
                }
            }
        }
    }
}

fn share(part: usize, whole: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}
