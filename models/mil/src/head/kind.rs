use super::HeadConfig;

/// The architecture of a head, without its sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadKind {
    GatedAbmil,
    MeanPool,
    MaxPool,
    MeanMlp,
    PlainAbmil,
    ClamSb,
    ClamMb,
    Dsmil,
    Dtfd,
    TransMil,
}

impl HeadConfig {
    pub fn kind(&self) -> HeadKind {
        match self {
            Self::GatedAbmil { .. } => HeadKind::GatedAbmil,
            Self::MeanPool { .. } => HeadKind::MeanPool,
            Self::MaxPool { .. } => HeadKind::MaxPool,
            Self::MeanMlp { .. } => HeadKind::MeanMlp,
            Self::PlainAbmil { .. } => HeadKind::PlainAbmil,
            Self::ClamSb { .. } => HeadKind::ClamSb,
            Self::ClamMb { .. } => HeadKind::ClamMb,
            Self::Dsmil { .. } => HeadKind::Dsmil,
            Self::Dtfd { .. } => HeadKind::Dtfd,
            Self::TransMil { .. } => HeadKind::TransMil,
        }
    }
}
