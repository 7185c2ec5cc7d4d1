use maud::{Markup, html};

use crate::{Fact, Subject};

/// What the figures follow from.
pub(crate) fn provenance(subject: &Subject) -> Markup {
    html! {
        section {
            h2 { "Provenance" }
            (facts(&subject.provenance))
        }
    }
}

pub(crate) fn facts(facts: &[Fact]) -> Markup {
    html! {
        dl {
            @for fact in facts {
                dt { (fact.name) }
                dd { (fact.value) }
            }
        }
    }
}
