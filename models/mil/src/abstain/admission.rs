use flow::Abstention;
use serde::{Deserialize, Serialize};

use super::SlideFacts;
use crate::MilError;

/// What a slide must be for the task to answer, as `task.json` states it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// Makers and models, as slides name them; any where none is listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scanners: Vec<String>,
    /// Of level 0 of the slide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mpp: Option<MppRange>,
    /// Tissue tiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fewest_instances: Option<u64>,
}

/// Micrometres per pixel, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MppRange {
    pub finest: f64,
    pub coarsest: f64,
}

impl Admission {
    /// Why the slide is not admitted, if it is not: its scanner before its resolution before its
    /// tissue.
    pub(super) fn refusal(&self, slide: &SlideFacts) -> Option<Abstention> {
        self.scanner_refusal(slide)
            .or_else(|| self.mpp_refusal(slide))
            .or_else(|| self.tissue_refusal(slide))
    }

    fn scanner_refusal(&self, slide: &SlideFacts) -> Option<Abstention> {
        let is_listed = |allowed: &String| slide.scanner.as_ref() == Some(allowed);
        let is_allowed = self.scanners.is_empty() || self.scanners.iter().any(is_listed);
        (!is_allowed).then(|| Abstention::ScannerNotAllowed {
            scanner: slide.scanner.clone(),
            allowed: self.scanners.clone(),
        })
    }

    fn mpp_refusal(&self, slide: &SlideFacts) -> Option<Abstention> {
        let MppRange { finest, coarsest } = self.mpp?;
        let mpp = slide.mpp.get();
        (!(finest..=coarsest).contains(&mpp)).then_some(Abstention::MppNotAllowed {
            mpp,
            finest,
            coarsest,
        })
    }

    fn tissue_refusal(&self, slide: &SlideFacts) -> Option<Abstention> {
        let fewest = self.fewest_instances?;
        let n_instances = slide.n_instances;
        (n_instances < fewest).then_some(Abstention::TooLittleTissue {
            n_instances,
            fewest,
        })
    }

    pub(crate) fn check(&self) -> Result<(), MilError> {
        match self.mpp {
            Some(MppRange { finest, coarsest }) if !(0.0 < finest && finest <= coarsest) => {
                Err(MilError::Config(format!(
                    "no slide has from {finest} to {coarsest} um per pixel"
                )))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use flow::Mpp;

    use super::*;

    fn slide(scanner: Option<&str>, mpp: f64, n_instances: u64) -> SlideFacts {
        SlideFacts {
            scanner: scanner.map(str::to_owned),
            mpp: Mpp::new(mpp).expect("an mpp"),
            n_instances,
            covariates: crate::Covariates::default(),
        }
    }

    #[test]
    fn what_is_not_stated_is_not_asked() {
        assert_eq!(Admission::default().refusal(&slide(None, 9.0, 1)), None);
    }

    #[test]
    fn each_reason_has_its_figures() {
        let admission = Admission {
            scanners: vec!["Aperio GT450".to_owned()],
            mpp: Some(MppRange {
                finest: 0.2,
                coarsest: 0.3,
            }),
            fewest_instances: Some(50),
        };
        let known = Some("Aperio GT450");
        let of = |slide| admission.refusal(&slide);
        assert_eq!(of(slide(known, 0.3, 50)), None);
        let few = Abstention::TooLittleTissue {
            n_instances: 49,
            fewest: 50,
        };
        assert_eq!(of(slide(known, 0.25, 49)), Some(few));
        let coarse = Abstention::MppNotAllowed {
            mpp: 0.5,
            finest: 0.2,
            coarsest: 0.3,
        };
        assert_eq!(of(slide(known, 0.5, 49)), Some(coarse));
        let unknown = Abstention::ScannerNotAllowed {
            scanner: None,
            allowed: admission.scanners.clone(),
        };
        assert_eq!(of(slide(None, 0.5, 49)), Some(unknown));
    }
}
