use flow::{HeatmapLayer, LayerEvidence, TileIndex};

use super::Decisive;
use super::faithfulness::DeletionTest;
use super::joint_bag::JointBag;
use super::leave_out::LeaveOut;
use super::prepare::prepare;
use super::smallest_set::{MOST_TILES, smallest_set};
use super::sub_bags::{SubBagScore, SubBags};
use crate::calibration::sigmoid;
use crate::{Answers, MilError, Scores, Task};

/// What a task's answer for a bag rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// How far the calibrated log-odds of the positive class fall without each instance.
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
    /// Explains `scores`, which this task gave the bag of `n * dimension` values; `cells` says where
    /// each instance lies on the slide's grid. `None` of a task that is no detection, or that reads
    /// more of a slide than its bag.
    ///
    /// # Errors
    /// If the bag is empty, not finite, or has another number of instances than cells.
    pub fn explain(
        &self,
        embeddings: &[f32],
        cells: &[TileIndex],
        scores: &Scores,
    ) -> Result<Option<Explanation>, MilError> {
        let is_detection = matches!(self.file().answers, Answers::Detection { .. });
        if !is_detection || self.file().covariates.is_some() {
            return Ok(None);
        }
        let dimension = self.file().head.dimension();
        let n_instances = self.check(embeddings, dimension)?;
        if n_instances != cells.len() {
            let n_cells = cells.len();
            return Err(MilError::Places {
                n_instances,
                n_cells,
            });
        }
        let bag = self.prepared(embeddings, dimension as usize)?;
        let left_out = LeaveOut::of(bag.as_ref(), cells)?;
        let ranked = self.ranked(scores, &left_out);
        let layers = self.faithfulness(bag.as_ref(), scores, &ranked)?;
        let decisive = self.decisive(bag.as_ref(), scores, &layers, &ranked)?;
        let calibrated = |effects: Vec<f64>| {
            let effects = effects.into_iter();
            effects.map(|effect| (effect / self.file().temperature) as f32)
        };
        Ok(Some(Explanation {
            leave_out: calibrated(left_out.tile).collect(),
            neighbourhood: calibrated(left_out.neighbourhood).collect(),
            layers,
            decisive,
        }))
    }

    fn prepared<'a>(
        &'a self,
        embeddings: &'a [f32],
        dimension: usize,
    ) -> Result<Box<dyn SubBags + 'a>, MilError> {
        let heads = self.heads().iter();
        let bags = heads.map(|model| prepare(&model.head, embeddings, dimension));
        let mut bags = bags.collect::<Result<Vec<_>, _>>()?;
        Ok(match bags.pop() {
            Some(only) if bags.is_empty() => only,
            last => {
                bags.extend(last);
                Box::new(JointBag::new(bags, self.file().temperature))
            }
        })
    }

    /// Calibrated, of the positive class.
    fn probability(&self, logit: f64) -> f64 {
        sigmoid(logit / self.file().temperature)
    }

    /// For a negative call the lowest values of a layer that speaks of the positive class matter most.
    fn ranked(&self, scores: &Scores, left_out: &LeaveOut) -> Vec<Ranked> {
        let towards_call = if scores.call.is_positive { 1.0 } else { -1.0 };
        let wide = |values: &[f32], sign: f64| -> Vec<f64> {
            values
                .iter()
                .map(|&value| sign * f64::from(value))
                .collect()
        };
        let turned = |values: &[f64]| values.iter().map(|value| towards_call * value).collect();
        let importance = |layer| match layer {
            HeatmapLayer::Attention => wide(&scores.attention, 1.0),
            HeatmapLayer::Tile => wide(&scores.tile_probability, towards_call),
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
        &self,
        bag: &dyn SubBags,
        scores: &Scores,
        ranked: &[Ranked],
    ) -> Result<Vec<LayerEvidence>, MilError> {
        let support = |logit: f64| match scores.call.is_positive {
            true => self.probability(logit),
            false => 1.0 - self.probability(logit),
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
        &self,
        bag: &dyn SubBags,
        scores: &Scores,
        layers: &[LayerEvidence],
        ranked: &[Ranked],
    ) -> Result<Decisive, MilError> {
        if !scores.call.is_positive {
            let wide = scores.tile_probability.iter().map(|&p| f64::from(p));
            let instance = descending(&wide.collect::<Vec<_>>())[0];
            return Ok(Decisive::MostSuspicious { instance });
        }
        let thresholds = match self.heads() {
            [only] => only.head.grade_thresholds()?,
            // Several heads agree on a call, each has thresholds of its own.
            _ => Vec::new(),
        };
        let holds = |part: SubBagScore| self.is_same_call(part, &thresholds, scores);
        let mut best: Option<Vec<usize>> = None;
        for Ranked { order, .. } in most_faithful_first(layers, ranked) {
            let found = smallest_set(bag, order, &holds)?;
            let is_smaller =
                |found: &Vec<usize>| best.as_ref().is_none_or(|b| found.len() < b.len());
            best = found.filter(is_smaller).or(best);
        }
        match best {
            Some(instances) => Ok(Decisive::SmallestSet {
                probability: self.probability(bag.of(&instances)?.logit),
                instances,
            }),
            None => Ok(Decisive::NoSmallSet {
                most_tiles: MOST_TILES as u32,
            }),
        }
    }

    /// Whether a part of the bag gets the call, and the grade, of the whole.
    fn is_same_call(&self, part: SubBagScore, thresholds: &[f32], whole: &Scores) -> bool {
        let is_positive = self.probability(part.logit) >= whole.threshold;
        let n_reached = thresholds
            .iter()
            .filter(|&&threshold| part.severity >= f64::from(threshold))
            .count();
        let has_grade = |grade: &flow::Grade| usize::from(grade.value) == 1 + n_reached;
        is_positive == whole.call.is_positive
            && (thresholds.is_empty() || whole.grade.as_ref().is_none_or(has_grade))
    }
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
