use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Mpp;

/// The resolutions at which an encoder was trained: a list, or all between two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TrainedMpp {
    Listed(Vec<Mpp>),
    Range { from: Mpp, to: Mpp },
}

/// That an encoder saw a slide at a resolution it was not trained at, which a person allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UntrainedMpp {
    pub used: Mpp,
    pub trained: TrainedMpp,
}

impl TrainedMpp {
    pub fn contains(&self, mpp: Mpp) -> bool {
        match self {
            Self::Listed(all) => all.contains(&mpp),
            Self::Range { from, to } => (*from..=*to).contains(&mpp),
        }
    }
}

impl fmt::Display for TrainedMpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(all) => {
                let all: Vec<String> = all.iter().map(Mpp::to_string).collect();
                f.write_str(&all.join(", "))
            }
            Self::Range { from, to } => write!(f, "{from} to {to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_read_and_shown() -> Result<(), Box<dyn std::error::Error>> {
        let mpp = |value| Mpp::new(value);
        let listed: TrainedMpp = serde_json::from_str("[0.25, 0.5]")?;
        assert!(listed.contains(mpp(0.5)?) && !listed.contains(mpp(0.4)?));
        assert_eq!(listed.to_string(), "0.25, 0.5");
        let range: TrainedMpp = serde_json::from_str(r#"{"from": 0.25, "to": 2}"#)?;
        assert!(range.contains(mpp(0.4)?) && range.contains(mpp(2.0)?));
        assert!(!range.contains(mpp(2.1)?));
        assert_eq!(range.to_string(), "0.25 to 2");
        Ok(())
    }
}
