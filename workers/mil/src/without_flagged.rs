use anyhow::{Context, Result};
use flow::{Abstention, Answer, AnswerLeft, AnswerWithout, Verdict, WithoutFlagged};
use mil::{Scores, SlideFacts, Task};

use crate::flags::Flags;
use store::Bag;

/// Asks the task again without the flagged tiles. `scores` and `abstention` are its answer with them.
///
/// # Errors
/// If what is left of the bag cannot be scored.
pub(crate) fn without_flagged(
    task: &Task,
    bag: &Bag,
    facts: &SlideFacts,
    flags: &Flags,
    (scores, abstention): (&Scores, Option<&Abstention>),
) -> Result<WithoutFlagged> {
    let n_flagged = flags.n_flagged();
    let answer = match (n_flagged, bag.instances.len() - n_flagged) {
        (0, _) => AnswerWithout::NothingFlagged,
        (_, 0) => AnswerWithout::NothingLeft,
        (_, n_left) => {
            let facts = SlideFacts {
                n_instances: n_left as u64,
                ..facts.clone()
            };
            let left = flags.embeddings_left(bag);
            let rescored = task
                .score_knowing(&left, bag.header.dimension, &facts.covariates)
                .context("cannot score the bag without its flagged tiles")?;
            let left_open = task.abstention(&facts, &left, &rescored);
            let with = answer(scores, abstention);
            let verdict = Verdict::of(with, answer(&rescored, left_open.as_ref()));
            AnswerWithout::Answered(AnswerLeft {
                call: rescored.call,
                probability: rescored.probability,
                grade: rescored.grade,
                abstention: left_open,
                verdict,
            })
        }
    };
    Ok(WithoutFlagged {
        quality: flags.quality,
        n_flagged: n_flagged as u64,
        answer,
    })
}

fn answer<'a>(scores: &'a Scores, abstention: Option<&'a Abstention>) -> Answer<'a> {
    Answer {
        call: &scores.call,
        grade: scores.grade.as_ref(),
        abstention,
    }
}
