/// Where a tensor of a file belongs in a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The model's own name of the parameter.
    pub name: String,
    pub part: Part,
}

/// What a tensor of a file is of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// All of it, rows and columns exchanged.
    Transposed,
    /// One of several that follow each other along the first dimension: the query, the key or the
    /// value of a model that keeps the three in one matrix.
    Of {
        index: usize,
        count: usize,
    },
}

impl Place {
    pub fn whole(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            part: Part::Whole,
        }
    }

    pub fn transposed(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            part: Part::Transposed,
        }
    }

    pub fn part(name: impl Into<String>, index: usize, count: usize) -> Self {
        Self {
            name: name.into(),
            part: Part::Of { index, count },
        }
    }

    /// The same place in a model that is the part `prefix` of a larger one.
    pub(crate) fn within(self, prefix: &str) -> Self {
        Self {
            name: format!("{prefix}{}", self.name),
            part: self.part,
        }
    }
}

impl From<String> for Place {
    fn from(name: String) -> Self {
        Self::whole(name)
    }
}
