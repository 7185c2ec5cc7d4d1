use parameters::{Declaration, Initial};
use serde::{Deserialize, Serialize};

use crate::MilError;

/// Which head, and its sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum HeadConfig {
    /// Gated attention-based MIL (Ilse et al. 2018) after one projection, with an ordinal grade
    /// (cumulative link, McCullagh 1980) from the same attention.
    GatedAbmil {
        /// Values in an embedding.
        dimension: u32,
        /// Width of an instance after the projection.
        hidden: usize,
        /// Width of the gated attention.
        attention: usize,
        /// Grades go from 1 to this; `None` where the task does not grade.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        highest_grade: Option<u8>,
    },
}

impl HeadConfig {
    pub fn dimension(&self) -> u32 {
        let Self::GatedAbmil { dimension, .. } = self;
        *dimension
    }

    pub fn highest_grade(&self) -> Option<u8> {
        let Self::GatedAbmil { highest_grade, .. } = self;
        *highest_grade
    }

    pub(crate) fn check(&self) -> Result<(), MilError> {
        let Self::GatedAbmil {
            dimension,
            hidden,
            attention,
            highest_grade,
        } = *self;
        let sizes = [dimension as usize, hidden, attention];
        if sizes.iter().any(|size| !(1..=65_536).contains(size)) {
            let text = "dimension, hidden and attention must be from 1 to 65536";
            return Err(MilError::Config(text.to_owned()));
        }
        if highest_grade.is_some_and(|grade| grade < 2) {
            return Err(MilError::Config(
                "a grade scale needs two grades".to_owned(),
            ));
        }
        Ok(())
    }

    /// Every parameter of the head.
    pub(crate) fn declarations(&self) -> Vec<Declaration> {
        let Self::GatedAbmil {
            dimension,
            hidden,
            attention,
            highest_grade,
        } = *self;
        let mut all = Vec::new();
        all.extend(Declaration::linear(
            "projection",
            dimension as usize,
            hidden,
        ));
        all.extend(Declaration::linear("attention_V", hidden, attention));
        all.extend(Declaration::linear("attention_U", hidden, attention));
        all.extend(Declaration::linear("attention_w", attention, 1));
        all.extend(Declaration::linear("detection", hidden, 1));
        if let Some(highest) = highest_grade {
            let [weight, _] = Declaration::linear("severity", hidden, 1);
            let first = Declaration::new("grade.first", &[1], Initial::Constant(-1.0));
            let n_steps = usize::from(highest) - 2;
            all.extend([weight, first]);
            if n_steps > 0 {
                let steps = Declaration::new("grade.steps", &[n_steps], Initial::Constant(0.0));
                all.push(steps);
            }
        }
        all
    }
}
