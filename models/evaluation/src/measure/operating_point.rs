use super::Undefined;
use crate::Answers;

/// A share of slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) part: usize,
    pub(super) whole: usize,
}

/// The slides that truly are `class`, and those among them that are called so.
pub(super) fn recall(answers: &Answers, class: usize) -> Result<Share, Undefined> {
    share(answers, |truth, _| truth == class).ok_or(Undefined::ClassAbsent)
}

/// The slides called `class`, and those among them that are.
pub(super) fn precision(answers: &Answers, class: usize) -> Result<Share, Undefined> {
    share(answers, |_, called| called == class).ok_or(Undefined::NothingCalled)
}

/// All slides, and those called right.
pub(super) fn accuracy(answers: &Answers) -> Result<Share, Undefined> {
    share(answers, |_, _| true).ok_or(Undefined::NoSlides)
}

/// All slides, and those called two grades or more beside the truth.
pub(super) fn off_by_two(answers: &Answers) -> Result<Share, Undefined> {
    let pairs = answers.truth.iter().zip(&answers.called);
    let part = pairs.filter(|(truth, called)| truth.abs_diff(**called) >= 2);
    let whole = answers.n_slides();
    let share = Share {
        part: part.count(),
        whole,
    };
    (whole > 0).then_some(share).ok_or(Undefined::NoSlides)
}

/// Of the slides that count (truth, called), those called right; `None` if none counts.
fn share(answers: &Answers, counts: impl Fn(usize, usize) -> bool) -> Option<Share> {
    let pairs = answers.truth.iter().zip(&answers.called);
    let counted = pairs.filter(|(truth, called)| counts(**truth, **called));
    let (part, whole) = counted.fold((0, 0), |(part, whole), (truth, called)| {
        (part + usize::from(truth == called), whole + 1)
    });
    (whole > 0).then_some(Share { part, whole })
}
