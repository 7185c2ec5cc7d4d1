/// One parameter a model must have.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    pub name: String,
    pub shape: Vec<usize>,
    pub initial: Initial,
}

/// How a parameter starts when it is trained from nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    Constant(f32),
    /// Normal with mean 0, cut at two standard deviations.
    TruncatedNormal {
        std: f32,
    },
    /// Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), for matrices.
    Glorot,
}

impl Declaration {
    pub fn new(name: impl Into<String>, shape: &[usize], initial: Initial) -> Self {
        Self {
            name: name.into(),
            shape: shape.to_vec(),
            initial,
        }
    }

    /// `{name}.weight` of shape (outputs, inputs) and `{name}.bias` of a linear layer.
    pub fn linear(name: &str, inputs: usize, outputs: usize) -> [Self; 2] {
        [
            Self::new(
                format!("{name}.weight"),
                &[outputs, inputs],
                Initial::Glorot,
            ),
            Self::new(format!("{name}.bias"), &[outputs], Initial::Constant(0.0)),
        ]
    }

    /// `{name}.weight` and `{name}.bias` of a layer norm.
    pub fn layer_norm(name: &str, width: usize) -> [Self; 2] {
        [
            Self::new(format!("{name}.weight"), &[width], Initial::Constant(1.0)),
            Self::new(format!("{name}.bias"), &[width], Initial::Constant(0.0)),
        ]
    }
}
