//! A head with what turns its logits into a task's answers: thresholds between grades, covariates.

mod fusion;

use candle_core::Tensor;
use parameters::{Declaration, Parameters};

use crate::MilError;
use crate::answers::Answers;
use crate::covariates::{CovariatePlan, Covariates};
use crate::head::{BagOutput, Head, HeadConfig, Thresholds};

use self::fusion::Fusion;
pub(crate) use self::fusion::standardise_by;

/// What decides the parameters of a model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModelShape<'a> {
    pub(crate) head: &'a HeadConfig,
    pub(crate) answers: &'a Answers,
    pub(crate) covariates: Option<&'a CovariatePlan>,
}

/// One head of a task with its parameters.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) head: Head,
    /// Of a task that answers with a grade.
    thresholds: Option<Thresholds>,
    fusion: Option<Fusion>,
}

impl ModelShape<'_> {
    pub(crate) fn check(&self) -> Result<(), MilError> {
        self.head.check()?;
        self.answers.check(self.head)?;
        self.covariates.map_or(Ok(()), CovariatePlan::check)
    }

    /// Every parameter of the model.
    pub(crate) fn declarations(&self) -> Vec<Declaration> {
        let mut all = self.head.declarations();
        if let Some(n_thresholds) = self.n_thresholds() {
            all.extend(Thresholds::declarations(n_thresholds));
        }
        if let Some(plan) = self.covariates {
            all.extend(Fusion::declarations(plan, self.head.n_classes()));
        }
        all
    }

    fn n_thresholds(&self) -> Option<usize> {
        let grades = matches!(self.answers, Answers::Grades { .. });
        grades.then(|| self.answers.n_answers() - 1)
    }
}

impl Model {
    pub(crate) fn new(shape: ModelShape<'_>, parameters: &Parameters) -> Result<Self, MilError> {
        let thresholds = shape.n_thresholds();
        let thresholds = thresholds.map(|n| Thresholds::new(parameters, n));
        let fusion = shape.covariates.map(|plan| Fusion::new(plan, parameters));
        Ok(Self {
            head: Head::new(shape.head, parameters)?,
            thresholds: thresholds.transpose()?,
            fusion: fusion.transpose()?,
        })
    }

    /// The model of parameters that no longer change, readied for scoring.
    pub(crate) fn for_scoring(
        shape: ModelShape<'_>,
        parameters: &Parameters,
    ) -> Result<Self, MilError> {
        let mut model = Self::new(shape, parameters)?;
        if let Head::GatedAbmil(head) = &mut model.head {
            head.pack(parameters)?;
        }
        Ok(model)
    }

    /// What the covariates add to the head's logits, one value a logit; nothing where the task reads
    /// none.
    pub(crate) fn added_by(&self, covariates: &Covariates) -> Result<Vec<f32>, MilError> {
        match &self.fusion {
            Some(fusion) => Ok(fusion.logits(covariates)?.squeeze(0)?.to_vec1()?),
            None => Ok(Vec::new()),
        }
    }

    /// Between the grades the task answers with, rising; nothing where it answers otherwise.
    pub(crate) fn grade_thresholds(&self) -> Result<Vec<f32>, MilError> {
        match &self.thresholds {
            Some(thresholds) => Ok(thresholds.rising()?.to_vec1()?),
            None => Ok(Vec::new()),
        }
    }

    /// Embeddings (n, dimension) to logits of the task's answers: as many as the head has, or of
    /// P(grade > k) for k = lowest, ... where the task answers with a grade.
    pub(crate) fn forward(
        &self,
        embeddings: &Tensor,
        covariates: &Covariates,
    ) -> Result<BagOutput, MilError> {
        self.answered(self.head.forward(embeddings)?, covariates)
    }

    /// What the head said of a bag, with the covariates and the thresholds between grades.
    pub(crate) fn answered(
        &self,
        mut output: BagOutput,
        covariates: &Covariates,
    ) -> Result<BagOutput, MilError> {
        if let Some(fusion) = &self.fusion {
            let added = fusion.logits(covariates)?;
            output.logits = (output.logits + added.squeeze(0)?)?;
            let tiles = output
                .instance_logits
                .map(|tiles| tiles.broadcast_add(&added));
            output.instance_logits = tiles.transpose()?;
        }
        if let Some(thresholds) = &self.thresholds {
            output.logits = thresholds.logits(&output.logits)?;
            let tiles = output
                .instance_logits
                .map(|tiles| thresholds.logits(&tiles));
            output.instance_logits = tiles.transpose()?;
        }
        Ok(output)
    }
}
