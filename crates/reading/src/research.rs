use flow::RegulatoryStatus;

use crate::TaskResult;

/// Whether answers of tasks that are for research only leave by the laboratory's channels, FHIR and HL7. What a
/// person says leaves in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResearchResults {
    /// They do not.
    #[default]
    Withheld,
    /// They do, marked, and never as final ones.
    Marked,
}

impl ResearchResults {
    pub const fn let_out(self, status: RegulatoryStatus) -> bool {
        match (self, status) {
            (Self::Marked, RegulatoryStatus::ResearchUseOnly) => true,
            (Self::Withheld, RegulatoryStatus::ResearchUseOnly) => false,
        }
    }

    /// Of all slides of a case together: what rests on a task's answer is a task's.
    pub fn let_out_of_case(self, result: &TaskResult) -> bool {
        self.let_out(RegulatoryStatus::ResearchUseOnly) || result.rests_on_people()
    }
}
