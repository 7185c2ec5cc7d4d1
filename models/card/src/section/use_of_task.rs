use maud::{Markup, html};

use super::facts;
use crate::Subject;

/// What the task is for, what it is not for, and what it was trained on.
pub(crate) fn use_of_task(subject: &Subject) -> Markup {
    html! {
        section {
            h2 { "Use" }
            div.pair {
                div {
                    h3 { "Intended" }
                    p { (intended(subject)) }
                }
                div {
                    h3 { "Not for" }
                    ul {
                        li { "Diagnosis, or any decision about a patient." }
                        li { "Tissue, stains, scanners or encoders other than those it was trained on." }
                        li { "Standing in for a pathologist: every result is to be read beside its evidence." }
                        li { "Comparison with figures measured on other slides." }
                    }
                }
            }
            h3 { "Trained on" }
            @match &subject.task {
                Some(task) if !task.training.is_empty() => (facts(&task.training)),
                _ => p.missing { "Not stated." },
            }
        }
    }
}

fn intended(subject: &Subject) -> &str {
    match &subject.task {
        Some(task) => &task.intended_use,
        None => "Not stated: this card was made from predictions alone.",
    }
}
