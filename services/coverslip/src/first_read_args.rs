//! Whether pathologists see the AI before they have read a slide.

use clap::Args;
use http::FirstReadRule;

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FirstReadArgs {
    /// Show a pathologist nothing of the AI's results of a slide until their own impression of it is
    /// on record. Give it to `serve tiles` and `serve cases` alike.
    #[arg(long, env = "COVERSLIP_FIRST_READ")]
    first_read: bool,
}

impl FirstReadArgs {
    pub(crate) const fn rule(self) -> FirstReadRule {
        match self.first_read {
            true => FirstReadRule::Required,
            false => FirstReadRule::Off,
        }
    }
}
