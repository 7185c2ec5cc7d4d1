use std::time::Instant;

use anyhow::{Context, Result};
use flow::{Abstention, EmbeddingSketch, HeadPrecision, HeatmapLayer, WithoutFlagged};
use mil::{Explanation, Scores, SlideFacts, Task};
use store::Bag;

use crate::answer::ask;
use crate::flags::Flags;
use crate::observation::sketch_of;
use crate::without_flagged::without_flagged;

/// A bag with all that a task says of it.
pub(crate) struct Scored {
    pub(crate) bag: Bag,
    pub(crate) scores: Scores,
    /// Why the scores are no answer, if they are none.
    pub(crate) abstention: Option<Abstention>,
    pub(crate) explanation: Explanation,
    /// `None` where the quality of the tiles was not measured.
    pub(crate) without_flagged: Option<WithoutFlagged>,
    /// What is kept of the bag to compare slides by.
    pub(crate) sketch: Option<EmbeddingSketch>,
    /// With heads of the bag's precision.
    pub(crate) task: Task,
    /// Wall time of the explanation and of asking again.
    pub(crate) evidence_s: f64,
}

impl Scored {
    /// The values of a layer; `attention` is that of [`crate::result_objects::weights`].
    pub(crate) fn layer<'a>(&'a self, layer: HeatmapLayer, attention: &'a [f32]) -> &'a [f32] {
        match layer {
            HeatmapLayer::Attention => attention,
            HeatmapLayer::Tile => &self.scores.tile_probability,
            HeatmapLayer::LeaveOut => &self.explanation.leave_out,
            HeatmapLayer::Neighbourhood => &self.explanation.neighbourhood,
        }
    }

    /// Long arithmetic: for a thread that may block.
    pub(crate) fn of(
        task: &Task,
        bag: Bag,
        facts: &SlideFacts,
        flags: Option<&Flags>,
    ) -> Result<Self> {
        let task = task.in_precision(HeadPrecision::of_bag(bag.header.precision));
        let (scores, abstention) = ask(&task, &bag, facts)?;
        let began = Instant::now();
        let explanation = task
            .explain(&bag.embeddings, &bag.cells(), &facts.covariates, &scores)
            .context("cannot tell what the score rests on")?;
        let answer = (&scores, abstention.as_ref());
        let without = flags.map(|flags| without_flagged(&task, &bag, facts, flags, answer));
        let without_flagged = without.transpose()?;
        Ok(Self {
            sketch: sketch_of(&bag),
            bag,
            scores,
            abstention,
            explanation,
            without_flagged,
            task,
            evidence_s: began.elapsed().as_secs_f64(),
        })
    }
}
