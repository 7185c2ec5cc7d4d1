use parameters::Declaration;

use super::HeadConfig;
use super::abmil::Abmil;
use super::clam_mb::ClamMb;
use super::clam_sb::ClamSb;
use super::dsmil::DsmilShape;
use super::dtfd::Dtfd;
use super::max_pool::MaxPool;
use super::mean_mlp::MeanMlp;
use super::mean_pool::MeanPool;
use super::plain_abmil::PlainAbmil;
use super::trans_mil::TransMilShape;

impl HeadConfig {
    /// Every parameter of the head.
    pub fn declarations(&self) -> Vec<Declaration> {
        let dimension = self.dimension() as usize;
        match *self {
            Self::GatedAbmil {
                hidden,
                attention,
                n_classes,
                highest_grade,
                ..
            } => Abmil::declarations(dimension, hidden, attention, (n_classes, highest_grade)),
            Self::MeanPool { n_classes, .. } => MeanPool::declarations(dimension, n_classes),
            Self::MaxPool { n_classes, .. } => MaxPool::declarations(dimension, n_classes),
            Self::MeanMlp {
                hidden, n_classes, ..
            } => MeanMlp::declarations(dimension, hidden, n_classes),
            Self::PlainAbmil {
                hidden,
                attention,
                n_classes,
                ..
            } => PlainAbmil::declarations(dimension, hidden, attention, n_classes),
            Self::ClamSb {
                hidden,
                attention,
                n_classes,
                ..
            } => ClamSb::declarations(dimension, hidden, attention, n_classes),
            Self::ClamMb {
                hidden,
                attention,
                n_classes,
                ..
            } => ClamMb::declarations(dimension, hidden, attention, n_classes),
            Self::Dsmil {
                query_width,
                query,
                value,
                n_classes,
                ..
            } => DsmilShape {
                dimension,
                query_width,
                query,
                value,
                n_classes,
            }
            .declarations(),
            Self::Dtfd {
                hidden,
                attention,
                n_classes,
                ..
            } => Dtfd::declarations(dimension, hidden, attention, n_classes),
            Self::TransMil {
                hidden,
                heads,
                n_classes,
                ..
            } => TransMilShape {
                dimension,
                hidden,
                heads,
                n_classes,
            }
            .declarations(),
        }
    }
}
