use flow::{HeatmapLayer, LayerEvidence, TileIndex};

use super::Decisive;
use super::answered_bag::{AnsweredBag, AnsweringHead, WholeAnswer};
use super::faithfulness::DeletionTest;
use super::finding::Finding;
use super::leave_out::LeaveOut;
use super::prepare::prepare;
use super::smallest_set::{MOST_TILES, smallest_set};
use super::sub_bags::{PartScore, SubBags};
use crate::bag_embeddings::BagEmbeddings;
use crate::calibration::sigmoid;
use crate::model::Model;
use crate::{Answers, Covariates, MilError, Scores, Task};

/// What a task's answer for a bag rests on; of what, says [`flow::Evidence`].
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// How far the calibrated log-odds of the finding fall without each instance.
    pub leave_out: Vec<f32>,
    /// The same without the instance and those that touch it.
    pub neighbourhood: Vec<f32>,
    /// One a layer, in the order of [`HeatmapLayer::ALL`].
    pub layers: Vec<LayerEvidence>,
    pub decisive: Decisive,
}

/// The instances as a layer orders them, those that matter most for the call first.
#[derive(Clone, Debug)]
struct Ranked {
    layer: HeatmapLayer,
    order: Vec<usize>,
}

impl Task {
    /// Explains `scores`, which this task gave the bag of `n * dimension` values and its covariates;
    /// `cells` says where each instance lies on the slide's grid. The covariates stay as they are:
    /// what is told is what the tissue does.
    ///
    /// # Errors
    /// If the bag is empty, not finite, or has another number of instances than cells, and if the
    /// covariates are not those the task reads.
    pub fn explain(
        &self,
        embeddings: &[f32],
        cells: &[TileIndex],
        covariates: &Covariates,
        scores: &Scores,
    ) -> Result<Explanation, MilError> {
        let n_instances = self.check(embeddings, self.file().head.dimension())?;
        self.check_covariates(covariates)?;
        if n_instances != cells.len() {
            let n_cells = cells.len();
            return Err(MilError::Places {
                n_instances,
                n_cells,
            });
        }
        let embeddings = self.embeddings(embeddings);
        let bag = self.answered(&embeddings, covariates, scores)?;
        let left_out = LeaveOut::of(&bag, cells)?;
        let ranked = ranked(scores, &left_out);
        let layers = faithfulness(&bag, scores, &ranked)?;
        let decisive = decisive(&bag, scores, &layers, &ranked)?;
        let narrow = |effects: Vec<f64>| effects.into_iter().map(|effect| effect as f32).collect();
        Ok(Explanation {
            leave_out: narrow(left_out.tile),
            neighbourhood: narrow(left_out.neighbourhood),
            layers,
            decisive,
        })
    }

    fn answered<'a>(
        &'a self,
        embeddings: &BagEmbeddings<'a>,
        covariates: &Covariates,
        scores: &Scores,
    ) -> Result<AnsweredBag<'a>, MilError> {
        let file = self.file();
        let answering = |model: &'a Model| {
            Ok(AnsweringHead {
                bag: prepare(&model.head, embeddings)?,
                added: wide(&model.added_by(covariates)?),
                thresholds: wide(&model.grade_thresholds()?),
                grade_thresholds: wide(&model.head.grade_thresholds()?),
            })
        };
        Ok(AnsweredBag {
            heads: self
                .heads()
                .iter()
                .map(answering)
                .collect::<Result<_, MilError>>()?,
            file,
            finding: Finding::of(&file.answers, scores.answer),
            whole: WholeAnswer {
                answer: scores.answer,
                grade: match file.answers {
                    Answers::Detection { .. } => scores.grade.as_ref().map(|grade| grade.value),
                    Answers::Classes { .. } | Answers::Grades { .. } => None,
                },
            },
        })
    }
}

/// For a negative call the lowest values of a layer that speaks of the finding matter most.
fn ranked(scores: &Scores, left_out: &LeaveOut) -> Vec<Ranked> {
    let towards_call = if scores.call.is_positive { 1.0 } else { -1.0 };
    let turned = |values: &[f64]| values.iter().map(|value| towards_call * value).collect();
    let importance = |layer| match layer {
        HeatmapLayer::Attention => wide(&scores.attention),
        HeatmapLayer::Tile => turned(&wide(&scores.tile_probability)),
        HeatmapLayer::LeaveOut => turned(&left_out.tile),
        HeatmapLayer::Neighbourhood => turned(&left_out.neighbourhood),
    };
    let ranked = |layer| Ranked {
        layer,
        order: descending(&importance(layer)),
    };
    HeatmapLayer::ALL.map(ranked).to_vec()
}

fn faithfulness(
    bag: &dyn SubBags<PartScore>,
    scores: &Scores,
    ranked: &[Ranked],
) -> Result<Vec<LayerEvidence>, MilError> {
    let support = |log_odds: f64| match scores.call.is_positive {
        true => sigmoid(log_odds),
        false => sigmoid(-log_odds),
    };
    let test = DeletionTest::new(bag, &support)?;
    let figures = ranked.iter().map(|Ranked { layer, order }| {
        let faithfulness = test.as_ref().map(|test| test.of(order)).transpose()?;
        Ok(LayerEvidence {
            layer: *layer,
            faithfulness: faithfulness.unwrap_or_default(),
        })
    });
    figures.collect()
}

fn decisive(
    bag: &dyn SubBags<PartScore>,
    scores: &Scores,
    layers: &[LayerEvidence],
    ranked: &[Ranked],
) -> Result<Decisive, MilError> {
    if !scores.call.is_positive {
        let instance = descending(&wide(&scores.tile_probability))[0];
        return Ok(Decisive::MostSuspicious { instance });
    }
    let mut best: Option<Vec<usize>> = None;
    for Ranked { order, .. } in most_faithful_first(layers, ranked) {
        let found = smallest_set(bag, order)?;
        let is_smaller = |found: &Vec<usize>| best.as_ref().is_none_or(|b| found.len() < b.len());
        best = found.filter(is_smaller).or(best);
    }
    match best {
        Some(instances) => Ok(Decisive::SmallestSet {
            probability: sigmoid(bag.of(&instances)?.log_odds),
            instances,
        }),
        None => Ok(Decisive::NoSmallSet {
            most_tiles: MOST_TILES as u32,
        }),
    }
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

fn most_faithful_first<'a>(layers: &[LayerEvidence], ranked: &'a [Ranked]) -> Vec<&'a Ranked> {
    let figure = |at: usize| layers[at].faithfulness.mean().unwrap_or(-1.0);
    let mut order: Vec<usize> = (0..ranked.len()).collect();
    order.sort_by(|&a, &b| figure(b).total_cmp(&figure(a)));
    order.into_iter().map(|at| &ranked[at]).collect()
}

/// Places of the values, largest first; the earlier of two equals comes first.
fn descending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}
