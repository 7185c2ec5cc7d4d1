use maud::{Markup, html};

/// Colours of classes, in the style sheet; further classes start over with dashes.
const N_COLOURS: usize = 6;

/// The style of the nth class.
pub(super) fn class_of(number: usize) -> String {
    let dashed = if number < N_COLOURS { "" } else { " dashed" };
    format!("series-{}{dashed}", number % N_COLOURS)
}

/// Names beside their colours.
pub(super) fn legend<'a>(names: impl Iterator<Item = (usize, &'a str)>) -> Markup {
    html! {
        ul.legend {
            @for (number, name) in names {
                li {
                    svg viewBox="0 0 18 8" aria-hidden="true" {
                        line class={ "curve " (class_of(number)) } x1="0" x2="18" y1="4" y2="4" {}
                    }
                    (name)
                }
            }
        }
    }
}
