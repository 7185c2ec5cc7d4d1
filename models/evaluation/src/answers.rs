use serde::Serialize;

/// In which form a task answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Kind {
    /// Two classes, the second positive: called from this probability on.
    Binary { threshold: f64 },
    /// Classes without an order; the likeliest is called.
    Classes,
    /// Classes that rise.
    Grades,
}

/// What was said of each slide and what is true. Classes are indices into `classes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    pub kind: Kind,
    /// At least two; negative before positive, grades from the lowest up.
    pub classes: Vec<String>,
    /// One class a slide.
    pub truth: Vec<usize>,
    /// One class a slide.
    pub called: Vec<usize>,
    /// One row a slide, one column a class; rows sum to 1.
    pub probabilities: Vec<Vec<f64>>,
}

impl Answers {
    pub fn n_slides(&self) -> usize {
        self.truth.len()
    }

    /// These rows, repeats included.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        Self {
            kind: self.kind,
            classes: self.classes.clone(),
            truth: rows.iter().map(|&row| self.truth[row]).collect(),
            called: rows.iter().map(|&row| self.called[row]).collect(),
            probabilities: rows
                .iter()
                .map(|&row| self.probabilities[row].clone())
                .collect(),
        }
    }

    /// The probability of `class` for every slide.
    pub(crate) fn probability_of(&self, class: usize) -> Vec<f64> {
        self.probabilities.iter().map(|row| row[class]).collect()
    }

    /// Whether `class` is true, for every slide.
    pub(crate) fn is_truly(&self, class: usize) -> Vec<bool> {
        self.truth.iter().map(|&truth| truth == class).collect()
    }

    /// How sure the answer is and whether it is right: of a binary task the positive probability
    /// and whether the slide is positive, of others the probability of the class that was called
    /// and whether it is true (Guo et al. 2017).
    pub(crate) fn confidence(&self) -> (Vec<f64>, Vec<bool>) {
        if let Kind::Binary { .. } = self.kind {
            return (self.probability_of(1), self.is_truly(1));
        }
        let called = self.probabilities.iter().zip(&self.called);
        let sure = called.map(|(row, &class)| row[class]).collect();
        let pairs = self.truth.iter().zip(&self.called);
        (sure, pairs.map(|(truth, called)| truth == called).collect())
    }
}
