use candle_core::{DType, Tensor};
use candle_nn::ops;
use parameters::{Declaration, Initial, Parameters};
use serde::{Deserialize, Serialize};

use crate::MilError;
use crate::logits::sigmoid;
use crate::ordinal::CumulativeLink;

/// Sizes of a gated attention head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadConfig {
    /// Values in one embedding.
    pub inputs: usize,
    pub hidden: usize,
    pub attention: usize,
    /// Number of ordinal grades, at least 2; `None` for a head that only detects.
    pub grades: Option<usize>,
}

/// Gated attention pooling (Ilse, Tomczak and Welling 2018, equations 7 and 9):
/// `a = softmax(w (tanh(V h) * sigmoid(U h)))`, `z = sum a h`, with `h = relu(W x)`; detection is a
/// linear layer on `z`, the grade a cumulative link on `z`.
#[derive(Clone, Debug)]
pub struct Head {
    config: HeadConfig,
    reduce: Linear,
    attention_tanh: Linear,
    attention_gate: Linear,
    attention_weights: Linear,
    detection: Linear,
    grading: Option<CumulativeLink>,
}

/// What the head says of one bag.
#[derive(Clone, Debug)]
pub struct BagOutput {
    /// (1): detection before the logistic function.
    pub logit: Tensor,
    /// (instances): sums to 1.
    pub attention: Tensor,
    /// (instances): the detection logit if the instance were the whole bag.
    pub tile_logits: Tensor,
    /// (grades - 1): logit of "the grade is above k", k = 1, 2, ..., never rising.
    pub grade_logits: Option<Tensor>,
}

impl Head {
    /// Everything [`Head::new`] asks the parameters for.
    pub fn declarations(config: &HeadConfig) -> Vec<Declaration> {
        let HeadConfig {
            inputs,
            hidden,
            attention,
            grades,
        } = *config;
        let mut declared = [
            Declaration::linear("reduce", inputs, hidden),
            Declaration::linear("attention.tanh", hidden, attention),
            Declaration::linear("attention.gate", hidden, attention),
            Declaration::linear("attention.weights", attention, 1),
            Declaration::linear("detection", hidden, 1),
        ]
        .concat();
        if let Some(n_grades) = grades {
            declared.push(Declaration::new(
                "grading.weight",
                &[1, hidden],
                Initial::Glorot,
            ));
            declared.push(Declaration::new(
                "grading.first",
                &[1],
                Initial::Constant(-1.0),
            ));
            let gaps = [n_grades.saturating_sub(2)];
            declared.push(Declaration::new(
                "grading.gaps",
                &gaps,
                Initial::Constant(0.0),
            ));
        }
        declared
    }

    pub fn new(config: HeadConfig, parameters: &Parameters) -> Result<Self, MilError> {
        let linear = |name| Linear::new(name, parameters);
        Ok(Self {
            config,
            reduce: linear("reduce")?,
            attention_tanh: linear("attention.tanh")?,
            attention_gate: linear("attention.gate")?,
            attention_weights: linear("attention.weights")?,
            detection: linear("detection")?,
            grading: config
                .grades
                .map(|_| CumulativeLink::new(parameters))
                .transpose()?,
        })
    }

    pub fn config(&self) -> &HeadConfig {
        &self.config
    }

    /// `embeddings` has shape (instances, inputs), with at least one instance.
    pub fn forward(&self, embeddings: &Tensor) -> Result<BagOutput, MilError> {
        let (n_instances, dimension) = embeddings.dims2()?;
        if n_instances == 0 {
            return Err(MilError::EmptyBag);
        }
        if dimension != self.config.inputs {
            return Err(MilError::Dimension {
                found: dimension,
                expected: self.config.inputs,
            });
        }
        let hidden = self.reduce.apply(embeddings)?.relu()?;
        let attention = self.attention(&hidden)?;
        let pooled = attention.unsqueeze(0)?.matmul(&hidden)?;
        Ok(BagOutput {
            logit: self.detection.apply(&pooled)?.flatten_all()?,
            tile_logits: self.detection.apply(&hidden)?.flatten_all()?,
            grade_logits: self
                .grading
                .as_ref()
                .map(|link| link.apply(&pooled))
                .transpose()?,
            attention,
        })
    }

    fn attention(&self, hidden: &Tensor) -> Result<Tensor, MilError> {
        let content = self.attention_tanh.apply(hidden)?.tanh()?;
        let gate = sigmoid(&self.attention_gate.apply(hidden)?)?;
        let scores = self
            .attention_weights
            .apply(&(content * gate)?)?
            .flatten_all()?;
        // In f64, or the sum over 100,000 tiles loses three digits; and not by the fast
        // last-dimension softmax, which has no gradient.
        let attention = ops::softmax(&scores.to_dtype(DType::F64)?, 0)?;
        Ok(attention.to_dtype(DType::F32)?)
    }
}

#[derive(Clone, Debug)]
struct Linear {
    /// (inputs, outputs), ready to multiply.
    transposed: Tensor,
    bias: Tensor,
}

impl Linear {
    fn new(name: &str, parameters: &Parameters) -> Result<Self, MilError> {
        Ok(Self {
            transposed: parameters.get(&format!("{name}.weight"))?.t()?,
            bias: parameters.get(&format!("{name}.bias"))?,
        })
    }

    fn apply(&self, x: &Tensor) -> Result<Tensor, MilError> {
        Ok(x.matmul(&self.transposed)?.broadcast_add(&self.bias)?)
    }
}
