use chrono::{DateTime, Utc};
use flow::{HoldReason, LabelText, PrivateName, PrivateRemark, SlideId, SlideNames};
use serde::{Deserialize, Serialize};

use crate::SlidePlace;

/// Who says which slide it is, beside the case that it was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WitnessSource {
    /// On the label, as the three after it.
    DataMatrix,
    QrCode,
    #[serde(rename = "code_128")]
    Code128,
    /// The barcode that the scanner read and wrote into the file.
    ScannerBarcode,
    /// The accession number that the scanner was told, and wrote into the file.
    ScannerAccession,
}

/// One of them, and its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    pub source: WitnessSource,
    pub text: LabelText,
    /// `None` where the text means nothing to this laboratory.
    pub names: Option<SlideNames>,
}

/// What became of the picture of the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelReading {
    /// There is none.
    Absent,
    /// There is one, and no barcode on it could be read.
    Unread,
    Read,
}

/// What came of comparing them with each other, with the slide's case and with the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityStanding {
    /// The slide is in a case, and nobody says otherwise.
    Matched,
    /// Nobody names a case that is known. That stops nothing.
    Open,
    /// Two name different slides, and the laboratory knows one of them or wants every slide matched.
    Contradicted,
    /// Nobody names a case that is known, and every slide must be matched.
    Unmatched,
}

/// What a person said of a slide whose witnesses did not do. The accession that holds is its case's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCorrection {
    pub by: String,
    pub reason: PrivateRemark,
    pub names: SlideNames,
    /// Where the slide was until then.
    pub before: Option<SlidePlace>,
    pub after: SlidePlace,
}

/// All that is known of which slide it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlideIdentity {
    pub standing: IdentityStanding,
    pub label: LabelReading,
    pub witnesses: Vec<Witness>,
    /// The last one; it goes before all witnesses.
    pub correction: Option<IdentityCorrection>,
}

/// The same, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    pub slide: SlideId,
    /// From 1.
    pub revision: u32,
    pub identity: SlideIdentity,
    pub noted_at: DateTime<Utc>,
}

impl IdentityStanding {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Open => "open",
            Self::Contradicted => "contradicted",
            Self::Unmatched => "unmatched",
        }
    }

    /// Why the slide must not be analysed, if it must not.
    pub const fn hold(self) -> Option<HoldReason> {
        match self {
            Self::Matched | Self::Open => None,
            Self::Contradicted => Some(HoldReason::Identity),
            Self::Unmatched => Some(HoldReason::Unmatched),
        }
    }
}

impl SlideIdentity {
    /// What is said of the slide: by the person who corrected it, else by the witnesses that are
    /// understood.
    pub fn said(&self) -> Vec<&SlideNames> {
        match &self.correction {
            Some(correction) => vec![&correction.names],
            None => self
                .witnesses
                .iter()
                .filter_map(|w| w.names.as_ref())
                .collect(),
        }
    }

    /// The cases that are named, each once.
    pub fn accessions(&self) -> Vec<&PrivateName> {
        let mut named: Vec<_> = self.said().iter().map(|names| &names.accession).collect();
        named.sort_by_key(|accession| accession.reveal());
        named.dedup();
        named
    }

    /// All that is said, taken together; `None` where nothing is said or two contradict each other.
    pub fn agreed(&self) -> Option<SlideNames> {
        let said = self.said();
        let (first, others) = said.split_first()?;
        let mut others = others.iter();
        others.try_fold((*first).clone(), |all, names| all.together(names))
    }
}
