use super::HeadConfig;
use crate::MilError;

/// More would be a slip of the pen.
const LARGEST_SIZE: usize = 65_536;
const MOST_CLASSES: usize = 1000;

impl HeadConfig {
    pub(crate) fn check(&self) -> Result<(), MilError> {
        let names: Vec<&str> = self.sizes().iter().map(|(name, _)| *name).collect();
        let is_possible = |(_, size): &(&str, usize)| (1..=LARGEST_SIZE).contains(size);
        if !self.sizes().iter().all(is_possible) {
            let names = names.join(", ");
            return wrong(format!("{names} must be from 1 to {LARGEST_SIZE}"));
        }
        if !(1..=MOST_CLASSES).contains(&self.n_classes()) {
            return wrong(format!("n_classes must be from 1 to {MOST_CLASSES}"));
        }
        if self.highest_grade().is_some_and(|grade| grade < 2) {
            return wrong("a grade scale needs two grades".to_owned());
        }
        match *self {
            Self::TransMil { hidden, heads, .. } if !hidden.is_multiple_of(heads) => wrong(
                format!("hidden {hidden} does not divide into {heads} heads"),
            ),
            _ => Ok(()),
        }
    }

    /// Whether our training reaches every parameter.
    pub(crate) fn check_trains(&self) -> Result<(), MilError> {
        match self {
            Self::Dtfd { .. } => wrong(
                "the bag's loss does not reach the first tier of dtfd, which is only taken from \
                 checkpoints; take another head"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Every width by its name.
    fn sizes(&self) -> Vec<(&'static str, usize)> {
        let mut sizes = vec![("dimension", self.dimension() as usize)];
        match *self {
            Self::MeanPool { .. } | Self::MaxPool { .. } => {}
            Self::MeanMlp { hidden, .. } => sizes.push(("hidden", hidden)),
            Self::GatedAbmil {
                hidden, attention, ..
            }
            | Self::PlainAbmil {
                hidden, attention, ..
            }
            | Self::ClamSb {
                hidden, attention, ..
            }
            | Self::ClamMb {
                hidden, attention, ..
            } => sizes.extend([("hidden", hidden), ("attention", attention)]),
            Self::Dtfd {
                hidden,
                attention,
                pseudo_bags,
                ..
            } => sizes.extend([
                ("hidden", hidden),
                ("attention", attention),
                ("pseudo_bags", pseudo_bags),
            ]),
            Self::Dsmil { query_width, .. } => sizes.push(("query_width", query_width)),
            Self::TransMil {
                hidden,
                heads,
                landmarks,
                ..
            } => sizes.extend([
                ("hidden", hidden),
                ("heads", heads),
                ("landmarks", landmarks),
            ]),
        }
        sizes
    }
}

fn wrong(text: String) -> Result<(), MilError> {
    Err(MilError::Config(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(json: &str) -> Result<String, MilError> {
        let config: HeadConfig = serde_json::from_str(json)?;
        let error = config.check().expect_err("an impossible configuration");
        assert!(matches!(error, MilError::Config(_)), "{error}");
        Ok(error.to_string())
    }

    #[test]
    fn impossible_sizes_are_refused_with_the_reason() -> Result<(), MilError> {
        let text = reason(r#"{"kind": "mean-pool", "dimension": 4, "n_classes": 0}"#)?;
        assert!(text.contains("n_classes"), "{text}");
        let text = reason(r#"{"kind": "mean-mlp", "dimension": 4, "hidden": 0, "n_classes": 1}"#)?;
        assert!(text.contains("dimension, hidden"), "{text}");
        let text = reason(
            r#"{"kind": "trans-mil", "dimension": 4, "hidden": 8, "heads": 3, "landmarks": 2,
                "n_classes": 1}"#,
        )?;
        assert!(text.contains("3 heads"), "{text}");
        let text = reason(
            r#"{"kind": "trans-mil", "dimension": 4, "hidden": 8, "heads": 0, "landmarks": 2,
                "n_classes": 1}"#,
        )?;
        assert!(text.contains("heads"), "{text}");
        Ok(())
    }
}
