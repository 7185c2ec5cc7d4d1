use std::cmp::Ordering;

use reading::CaseCall;

use super::case_view::CaseView;

/// What should be read first comes first: by priority, then what is most suspicious to the AI, then
/// the oldest. Where the reader may not see the AI yet, its order tells nothing of it.
pub(super) fn by_urgency(a: &CaseView, b: &CaseView) -> Ordering {
    let suspicion = suspicion(b).total_cmp(&suspicion(a));
    b.priority
        .cmp(&a.priority)
        .then(suspicion)
        .then_with(|| (a.opened_at, a.id).cmp(&(b.opened_at, b.id)))
}

/// From 0: no slide is suspicious; from 1: some slide has no answer; from 2: some slide is positive.
fn suspicion(case: &CaseView) -> f64 {
    let Some(results) = &case.results else {
        return 0.0;
    };
    let calls = results.iter().map(|result| match result.call {
        CaseCall::Positive => 2.0,
        CaseCall::Open => 1.0,
        CaseCall::Negative | CaseCall::ByClass => 0.0,
    });
    let probabilities = case
        .slides
        .iter()
        .filter_map(|slide| slide.slide.probability());
    // Among equals the highest probability decides; it never reaches the next step.
    calls.fold(0.0, f64::max) + probabilities.fold(0.0, f64::max) / 2.0
}
