//! What the process answers to whoever started it.

use std::process::ExitCode;

use anyhow::Error;

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything asked for was done.
    Done,
    /// A slide waits for something a person must give (exit code 3).
    Held,
    /// A file was refused (exit code 2).
    Refused,
}

/// 0 done, 1 failed, 2 refused input, 3 held.
#[expect(
    clippy::print_stderr,
    reason = "the one place that tells a person why the process failed"
)]
pub(crate) fn code(result: Result<Outcome, Error>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(2),
        Ok(Outcome::Held) => ExitCode::from(3),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
