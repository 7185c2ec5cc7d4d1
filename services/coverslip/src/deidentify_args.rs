//! Whether slides are stored without their label.

use clap::ValueEnum;
use flow::PatientPictures;
use ingest::Deidentify;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeidentifyChoice {
    /// Label and macro are stored, for those who may see what can name a patient.
    None,
    /// Label and macro are not stored. The file itself stays as it came.
    Label,
}

impl DeidentifyChoice {
    /// Of an installation, for all that comes.
    pub(crate) const fn rule(self) -> PatientPictures {
        match self {
            Self::None => PatientPictures::Kept,
            Self::Label => PatientPictures::Removed,
        }
    }

    /// Of whoever gives the slides.
    pub(crate) const fn wish(self) -> Deidentify {
        match self {
            Self::None => Deidentify::No,
            Self::Label => Deidentify::Asked,
        }
    }
}
