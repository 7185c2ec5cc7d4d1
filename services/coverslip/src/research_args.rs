//! Whether what is for research only leaves by the laboratory's channels.

use clap::{Args, ValueEnum};
use reading::ResearchResults;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ResearchArgs {
    /// Whether answers of tasks that are for research only leave by FHIR and HL7: withheld, or marked as
    /// preliminary ones. What a person says of a slide leaves in any case.
    #[arg(
        long,
        env = "COVERSLIP_RESEARCH_RESULTS",
        value_enum,
        default_value_t = Choice::Withheld
    )]
    research_results: Choice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    Withheld,
    Marked,
}

impl ResearchArgs {
    pub(crate) const fn rule(self) -> ResearchResults {
        match self.research_results {
            Choice::Withheld => ResearchResults::Withheld,
            Choice::Marked => ResearchResults::Marked,
        }
    }
}
