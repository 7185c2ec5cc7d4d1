use encoder::Encoder;
use flow::{TaskId, TaskVersion};
use mil::train::{
    EnsembleConfig, EpochReport, TaskDraft, TrainConfig, TrainedTask, TrainingBag, fit,
};
use mil::{Answers, GradeScale, HeadConfig, Outcome, Task};
use serde::{Deserialize, Serialize};

use super::{Cohort, bag};
use crate::ShippedError;

/// What `tasks/*/recipe.toml` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskRecipe {
    pub id: TaskId,
    pub version: TaskVersion,
    pub intended_use: String,
    /// What the bags are, for the task file.
    pub data: String,
    pub hidden: usize,
    pub attention: usize,
    pub classes: DetectionWords,
    pub grade_scale: GradeScale,
    pub training: TrainConfig,
    pub ensemble: EnsembleConfig,
    pub slides: Cohort,
}

/// What the task calls a slide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectionWords {
    pub negative: String,
    pub positive: String,
}

/// How the making of a task stands.
#[derive(Clone, Copy, Debug)]
pub enum TaskReport {
    Embedded {
        slide: usize,
        n_slides: usize,
    },
    /// The head from 0.
    Trained {
        head: usize,
        epoch: EpochReport,
    },
}

impl TaskRecipe {
    pub fn parse(toml: &str) -> Result<Self, ShippedError> {
        Ok(toml::from_str(toml)?)
    }

    fn draft(&self, encoder: &Encoder) -> TaskDraft {
        TaskDraft {
            id: self.id.clone(),
            version: self.version.clone(),
            encoder: encoder.reference().clone(),
            head: HeadConfig::GatedAbmil {
                dimension: encoder.dimension(),
                hidden: self.hidden,
                attention: self.attention,
                n_classes: 1,
                highest_grade: Some(self.grade_scale.highest),
            },
            answers: Answers::Detection {
                negative: self.classes.negative.clone(),
                positive: self.classes.positive.clone(),
                grade_scale: Some(self.grade_scale.clone()),
            },
            covariates: None,
            intended_use: self.intended_use.clone(),
            data: self.data.clone(),
        }
    }
}

/// Embeds the recipe's phantoms, then trains its heads on the bags.
pub fn train_task(
    recipe: &TaskRecipe,
    encoder: &Encoder,
    mut progress: impl FnMut(TaskReport),
) -> Result<TrainedTask, ShippedError> {
    let bags = bags(&recipe.slides, encoder, &mut progress)?;
    Ok(fit(
        &bags,
        &recipe.draft(encoder),
        &recipe.training,
        recipe.ensemble,
        |head, epoch| progress(TaskReport::Trained { head, epoch }),
    )?)
}

/// Scores phantoms a task has not seen.
pub fn evaluate(
    task: &Task,
    encoder: &Encoder,
    slides: &Cohort,
    mut progress: impl FnMut(TaskReport),
) -> Result<Vec<Outcome>, ShippedError> {
    let bags = bags(slides, encoder, &mut progress)?;
    let outcomes = bags.iter().map(|bag| Outcome::of(task, bag));
    Ok(outcomes.collect::<Result<_, _>>()?)
}

/// One bag a slide; slides that show no tissue give none.
fn bags(
    slides: &Cohort,
    encoder: &Encoder,
    progress: &mut impl FnMut(TaskReport),
) -> Result<Vec<TrainingBag>, ShippedError> {
    let slides = slides.slides()?;
    let n_slides = slides.len();
    let mut bags = Vec::with_capacity(n_slides);
    for (index, spec) in slides.iter().enumerate() {
        bags.push(bag(spec, encoder)?);
        progress(TaskReport::Embedded {
            slide: index + 1,
            n_slides,
        });
    }
    bags.retain(|bag| bag.n_instances() > 0);
    Ok(bags)
}
