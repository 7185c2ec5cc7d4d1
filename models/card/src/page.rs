use evaluation::Report;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::Subject;
use crate::section::{data, figures, headline, method, plots, provenance, subgroups, use_of_task};

/// The whole page, from the doctype on.
pub fn page(subject: &Subject, report: &Report) -> String {
    let title = format!("Model card: {}", subject.title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                (banner())
                main {
                    header {
                        p.kind { "Model card" }
                        h1 { (subject.title) }
                        p.made { "Evaluated " (subject.made) }
                        (headline(report))
                    }
                    (use_of_task(subject))
                    (data(report))
                    (figures(report))
                    (plots(report))
                    (subgroups(report))
                    (method(report))
                    (provenance(subject))
                }
                (banner())
            }
        }
    };
    page.into_string()
}

fn banner() -> Markup {
    html! {
        p.banner role="note" {
            strong { "Research use only." }
            " Not a medical device, not for diagnosis. It assists; a human signs."
        }
    }
}
