use std::path::Path;

use anyhow::{Context, Result};
use card::{Fact, TaskFacts};
use flow::{EncoderTerms, Sha256Digest, TaskRef};
use mil::{Answers, AnyTaskFile, ServiceModel, TrainingSummary};

use crate::encoder_terms::known_terms;
use crate::files;

/// A task as its `task.json` describes it, without its weights.
pub(super) struct DescribedTask {
    file: AnyTaskFile,
    hash: Sha256Digest,
    /// Of its encoder; `None` where they are not known here.
    encoder_terms: Option<EncoderTerms>,
}

impl DescribedTask {
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let file = AnyTaskFile::parse(&files::read(&folder.join("task.json"))?)
            .with_context(|| format!("{} holds no task", folder.display()))?;
        Ok(Self {
            hash: file.hash()?,
            encoder_terms: known_terms(file.encoder())?,
            file,
        })
    }

    pub(super) fn reference(&self) -> TaskRef {
        TaskRef {
            id: self.file.id().clone(),
            version: self.file.version().clone(),
            hash: self.hash,
        }
    }

    /// Of a detection.
    pub(super) fn positive(&self) -> Option<String> {
        match self.file.answers() {
            Answers::Detection { positive, .. } => Some(positive.clone()),
            Answers::Classes { .. } | Answers::Grades { .. } => None,
        }
    }

    /// Of a detection.
    pub(super) fn threshold(&self) -> Option<f64> {
        self.file.threshold()
    }

    /// For the card.
    pub(super) fn facts(&self) -> TaskFacts {
        TaskFacts {
            intended_use: self.file.intended_use().to_owned(),
            training: self.file.training().map_or_else(Vec::new, training),
        }
    }

    /// For the card: what made the predictions.
    pub(super) fn provenance(&self) -> Vec<Fact> {
        let encoder = self.file.encoder();
        let not_known = || "not known here: ask whoever brought the encoder".to_owned();
        let terms = self.encoder_terms.clone();
        let (licence, intended_use) = terms.map_or_else(
            || (not_known(), not_known()),
            |terms| (terms.licence, terms.intended_use),
        );
        let task = format!("{} {}", self.file.id(), self.file.version());
        let mut facts = vec![
            Fact::new("Task", task),
            Fact::new("Task hash", self.hash.to_string()),
        ];
        if let AnyTaskFile::Service(file) = &self.file {
            let ServiceModel { name, version } = &file.service.model;
            facts.push(Fact::new("Model", format!("{name} {version}, a service")));
        }
        facts.extend([
            Fact::new("Encoder", encoder.name.clone()),
            Fact::new("Encoder hash", encoder.hash.to_string()),
            Fact::new("Encoder licence", licence),
            Fact::new("Encoder use", intended_use),
        ]);
        facts
    }
}

fn training(summary: &TrainingSummary) -> Vec<Fact> {
    vec![
        Fact::new("Data", summary.data.clone()),
        Fact::new("Slides", summary.n_bags.to_string()),
        Fact::new(
            "Of these for validation",
            summary.n_validation_bags.to_string(),
        ),
        Fact::new("Epochs", summary.epochs.to_string()),
        Fact::new("Seed", summary.seed.to_string()),
    ]
}
