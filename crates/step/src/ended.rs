/// How a step's work at a slide ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It was broken off for a slide that somebody waits for, and goes on after that one.
    GaveWay,
}

/// Where nothing is ever broken off.
impl From<()> for Ended {
    fn from((): ()) -> Self {
        Self::Done
    }
}
