use std::collections::{BTreeMap, HashMap};

use candle_core::{Device, Tensor};
use weights::{Report, StateDict};

use crate::{DsmilQuery, DsmilValue, HeadConfig, HeadKind, MilError, checkpoint_key};

/// What the original DTFD divides a bag into.
const DTFD_PSEUDO_BAGS: usize = 5;
/// Heads of attention in the original TransMIL, and its landmarks as a part of the hidden width.
const TRANS_MIL_HEADS: usize = 8;
const TRANS_MIL_LANDMARKS: usize = 2;

/// The head of a published checkpoint under our names.
#[derive(Clone, Debug)]
pub struct ImportedHead {
    /// Its sizes as the shapes say them.
    pub config: HeadConfig,
    /// Contents of `head.safetensors`, f32.
    pub weights: Vec<u8>,
    pub report: Report,
}

/// Takes a head of this kind out of a checkpoint that names its tensors as the authors do
/// ([`checkpoint_key`]). What only their training needs is left out; the report says what.
///
/// # Errors
/// `Checkpoint` if tensors of such a head are missing or of other shapes; it lists them.
pub fn import_head(kind: HeadKind, found: &StateDict) -> Result<ImportedHead, MilError> {
    let config = config(kind, &Shapes::of(kind, found))?;
    config.check()?;
    let declared = config.declarations();
    let expected: Vec<(&str, &[usize])> = declared
        .iter()
        .map(|declaration| (declaration.name.as_str(), declaration.shape.as_slice()))
        .collect();
    let report = weights::report(&expected, found, |name| checkpoint_key(kind, name));
    if !report.fits() {
        return Err(MilError::Checkpoint(report.to_string()));
    }
    let tensors = report.matched.iter().map(|matched| {
        let (values, shape) = (matched.tensor.to_f32()?, matched.tensor.shape());
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu)?;
        Ok((matched.expected.as_str(), tensor))
    });
    let tensors = tensors.collect::<Result<BTreeMap<&str, Tensor>, MilError>>()?;
    Ok(ImportedHead {
        config,
        weights: safetensors::serialize(&tensors, None)?,
        report,
    })
}

/// Shapes by our names.
struct Shapes<'a>(HashMap<String, &'a [usize]>);

impl<'a> Shapes<'a> {
    fn of(kind: HeadKind, found: &'a StateDict) -> Self {
        let wrapped = weights::report(&[], found, |_| None::<String>).stripped;
        let n_wrapped: usize = wrapped.iter().map(String::len).sum();
        let ours = found.iter().filter_map(|(name, tensor)| {
            let ours = checkpoint_key(kind, name.get(n_wrapped..)?)?;
            Some((ours, tensor.shape()))
        });
        Self(ours.collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Outputs and inputs of a linear layer.
    fn linear(&self, layer: &str) -> Result<(usize, usize), MilError> {
        match self.0.get(&format!("{layer}.weight")) {
            Some([outputs, inputs]) => Ok((*outputs, *inputs)),
            other => Err(MilError::Checkpoint(format!(
                "the weight of `{layer}` should have two dimensions and has {:?}",
                other.copied().unwrap_or_default()
            ))),
        }
    }

    fn dimension(&self, layer: &str) -> Result<u32, MilError> {
        let (_, inputs) = self.linear(layer)?;
        u32::try_from(inputs).map_err(|source| MilError::Checkpoint(source.to_string()))
    }
}

fn config(kind: HeadKind, shapes: &Shapes<'_>) -> Result<HeadConfig, MilError> {
    let outputs = |layer: &str| shapes.linear(layer).map(|(outputs, _)| outputs);
    Ok(match kind {
        HeadKind::Dsmil => dsmil(shapes)?,
        HeadKind::GatedAbmil => HeadConfig::GatedAbmil {
            dimension: shapes.dimension("projection")?,
            hidden: outputs("projection")?,
            attention: outputs("attention_V")?,
            highest_grade: None,
            n_classes: outputs("detection")?,
        },
        HeadKind::ClamSb => HeadConfig::ClamSb {
            dimension: shapes.dimension("projection")?,
            hidden: outputs("projection")?,
            attention: outputs("attention_V")?,
            n_classes: outputs("classifier")?,
        },
        HeadKind::ClamMb => HeadConfig::ClamMb {
            dimension: shapes.dimension("projection")?,
            hidden: outputs("projection")?,
            attention: outputs("attention_V")?,
            n_classes: outputs("attention_w")?,
        },
        HeadKind::Dtfd => HeadConfig::Dtfd {
            dimension: shapes.dimension("projection")?,
            hidden: outputs("projection")?,
            attention: outputs("first.attention_V")?,
            pseudo_bags: DTFD_PSEUDO_BAGS,
            n_classes: outputs("second.classifier")?,
        },
        HeadKind::TransMil => HeadConfig::TransMil {
            dimension: shapes.dimension("projection")?,
            hidden: outputs("projection")?,
            heads: TRANS_MIL_HEADS,
            landmarks: outputs("projection")? / TRANS_MIL_LANDMARKS,
            n_classes: outputs("classifier")?,
        },
        HeadKind::PlainAbmil | HeadKind::MeanPool | HeadKind::MaxPool | HeadKind::MeanMlp => {
            let text = "there are no published checkpoints of this head";
            return Err(MilError::Checkpoint(text.to_owned()));
        }
    })
}

/// The shapes do not tell the two linear values apart; the releases do, by their query.
fn dsmil(shapes: &Shapes<'_>) -> Result<HeadConfig, MilError> {
    let (n_classes, _) = shapes.linear("instance_classifier")?;
    let (query_width, _) = shapes.linear("query")?;
    let is_later = shapes.has("query_hidden.weight");
    let value = match (shapes.has("value.weight"), is_later) {
        (false, _) => DsmilValue::Identity,
        (true, false) => DsmilValue::Linear,
        (true, true) => DsmilValue::LinearRelu,
    };
    Ok(HeadConfig::Dsmil {
        dimension: shapes.dimension("instance_classifier")?,
        query_width,
        query: if is_later {
            DsmilQuery::TwoLayer
        } else {
            DsmilQuery::Linear
        },
        value,
        n_classes,
    })
}
