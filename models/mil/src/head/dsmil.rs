use candle_core::{D, Result, Tensor};
use candle_nn::{Linear, Module, ops};
use parameters::{Declaration, Parameters, ParametersError};
use serde::{Deserialize, Serialize};

use super::output::BagOutput;

/// How DSMIL turns an instance into its query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DsmilQuery {
    /// One linear layer, as in the first release of the original.
    Linear,
    /// `tanh(W2 relu(W1 h))`, as in the later ones.
    #[default]
    TwoLayer,
}

/// How DSMIL turns an instance into its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DsmilValue {
    /// The embedding itself.
    #[default]
    Identity,
    /// One linear layer, as in the first release of the original.
    Linear,
    /// One linear layer and a ReLU, as in the later ones where values are not the embeddings.
    LinearRelu,
}

/// What the second stream needs to know of each instance, whichever are the critical ones.
#[derive(Debug)]
pub(crate) struct DsmilTerms {
    /// Divided so that a product of two is the score of one for the other, shape (n, query width).
    pub(crate) queries: Tensor,
    /// Those that choose the critical instance of each class, shape (n, n_classes).
    pub(crate) instance_logits: Tensor,
    /// Through the map of each class to the logit of each, shape (n, maps * n_classes).
    pub(crate) contributions: Tensor,
}

/// Sizes and form of a DSMIL head.
#[derive(Clone, Copy, Debug)]
pub(super) struct DsmilShape {
    pub(super) dimension: usize,
    pub(super) query_width: usize,
    pub(super) query: DsmilQuery,
    pub(super) value: DsmilValue,
    pub(super) n_classes: usize,
}

/// Dual-stream MIL (Li et al. 2021, section 3.2): instances are classified alone, and every instance
/// is attended by how near its query is to that of each class's critical instance m:
/// `a_ck = softmax_k(q_k . q_m(c) / sqrt(query width))`, `B_c = sum_k a_ck v_k`,
/// `y_c = sum_c' W_cc' . B_c' + b_c`. The logits are those of this second stream.
#[derive(Debug)]
pub struct Dsmil {
    instance_classifier: Linear,
    query_hidden: Option<Linear>,
    query: Linear,
    value: Option<Linear>,
    value_form: DsmilValue,
    /// Shape (n_classes, n_classes, dimension).
    bag_weight: Tensor,
    /// Shape (n_classes).
    bag_bias: Tensor,
}

impl DsmilShape {
    pub(super) fn declarations(self) -> Vec<Declaration> {
        let (dimension, width, n_classes) = (self.dimension, self.query_width, self.n_classes);
        let mut all = Declaration::linear("instance_classifier", dimension, n_classes).to_vec();
        match self.query {
            DsmilQuery::Linear => all.extend(Declaration::linear("query", dimension, width)),
            DsmilQuery::TwoLayer => {
                all.extend(Declaration::linear("query_hidden", dimension, width));
                all.extend(Declaration::linear("query", width, width));
            }
        }
        if self.value != DsmilValue::Identity {
            all.extend(Declaration::linear("value", dimension, dimension));
        }
        let [mut weight, bias] = Declaration::linear("bag_classifier", dimension, n_classes);
        weight.shape = vec![n_classes, n_classes, dimension];
        all.extend([weight, bias]);
        all
    }
}

impl Dsmil {
    pub(super) fn new(
        query: DsmilQuery,
        value: DsmilValue,
        parameters: &Parameters,
    ) -> std::result::Result<Self, ParametersError> {
        let query_hidden = match query {
            DsmilQuery::Linear => None,
            DsmilQuery::TwoLayer => Some(parameters.linear("query_hidden")?),
        };
        let projection = match value {
            DsmilValue::Identity => None,
            DsmilValue::Linear | DsmilValue::LinearRelu => Some(parameters.linear("value")?),
        };
        Ok(Self {
            instance_classifier: parameters.linear("instance_classifier")?,
            query_hidden,
            query: parameters.linear("query")?,
            value: projection,
            value_form: value,
            bag_weight: parameters.get("bag_classifier.weight")?,
            bag_bias: parameters.get("bag_classifier.bias")?,
        })
    }

    /// Embeddings (n, dimension).
    pub(super) fn forward(&self, embeddings: &Tensor) -> Result<BagOutput> {
        let instance_logits = self.instance_classifier.forward(embeddings)?;
        let queries = self.queries(embeddings)?;
        let critical = queries.index_select(&instance_logits.argmax(0)?, 0)?;
        let scale = (queries.dim(1)? as f64).sqrt();
        let scores = (critical.matmul(&queries.t()?)? / scale)?;
        let attention = ops::softmax(&scores, D::Minus1)?;
        let pooled = attention.matmul(&self.values(embeddings)?)?;
        let logits = self.bag_logits(&pooled)?;
        Ok(BagOutput::new(logits, attention, instance_logits))
    }

    /// Embeddings (n, dimension).
    pub(crate) fn terms(&self, embeddings: &Tensor) -> Result<DsmilTerms> {
        let queries = self.queries(embeddings)?;
        let scale = (queries.dim(1)? as f64).powf(0.25);
        let of_maps = self.bag_weight.transpose(0, 1)?.flatten_to(1)?;
        Ok(DsmilTerms {
            queries: (queries / scale)?,
            instance_logits: self.instance_classifier.forward(embeddings)?,
            contributions: self.values(embeddings)?.matmul(&of_maps.t()?)?,
        })
    }

    /// What is added to the contributions of all maps once, one value a class.
    pub(crate) fn bias(&self) -> Result<Vec<f32>> {
        self.bag_bias.to_vec1()
    }

    /// Shape (n, query width).
    fn queries(&self, embeddings: &Tensor) -> Result<Tensor> {
        let Some(first) = &self.query_hidden else {
            return self.query.forward(embeddings);
        };
        let hidden = first.forward(embeddings)?.relu()?;
        self.query.forward(&hidden)?.tanh()
    }

    /// Shape (n, dimension).
    fn values(&self, embeddings: &Tensor) -> Result<Tensor> {
        let Some(value) = &self.value else {
            return Ok(embeddings.clone());
        };
        let values = value.forward(embeddings)?;
        match self.value_form {
            DsmilValue::LinearRelu => values.relu(),
            DsmilValue::Identity | DsmilValue::Linear => Ok(values),
        }
    }

    /// The bag as each class attends it (n_classes, dimension) to logits (n_classes); the original
    /// writes this as a convolution as wide as its input.
    fn bag_logits(&self, pooled: &Tensor) -> Result<Tensor> {
        let weight = self.bag_weight.flatten_from(1)?;
        let logits = weight.matmul(&pooled.flatten_all()?.unsqueeze(1)?)?;
        logits.squeeze(1)? + &self.bag_bias
    }
}
