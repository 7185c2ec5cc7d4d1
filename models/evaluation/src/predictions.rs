use std::collections::BTreeMap;

use crate::Answers;

/// Slides with their answers, whose they are and which groups they belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    pub answers: Answers,
    /// One patient a slide, where patients are known. Names them only here, never in a report.
    pub patients: Option<Vec<String>>,
    pub groupings: Vec<Grouping>,
}

/// What sorts the slides into groups, for example the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    pub column: String,
    /// One value a slide.
    pub values: Vec<String>,
}

impl Predictions {
    /// The slides `rows` alone, without their groups.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let patients = self.patients.as_ref();
        Self {
            answers: self.answers.select(rows),
            patients: patients.map(|all| rows.iter().map(|&row| all[row].clone()).collect()),
            groupings: Vec::new(),
        }
    }

    /// The slides of each case: of each patient, or each slide by itself where patients are not
    /// known. Cases are independent of each other.
    pub(crate) fn cases(&self) -> Vec<Vec<usize>> {
        let rows = 0..self.answers.n_slides();
        let Some(patients) = &self.patients else {
            return rows.map(|row| vec![row]).collect();
        };
        let mut by_patient: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for row in rows {
            by_patient.entry(&patients[row]).or_default().push(row);
        }
        by_patient.into_values().collect()
    }

    /// How many of the cases hold a slide of each class.
    pub(crate) fn cases_of_class(&self, cases: &[Vec<usize>]) -> Vec<usize> {
        let truth = &self.answers.truth;
        let holds = |class| {
            let of_class = cases
                .iter()
                .filter(|case| case.iter().any(|&row| truth[row] == class));
            of_class.count()
        };
        (0..self.answers.classes.len()).map(holds).collect()
    }
}
