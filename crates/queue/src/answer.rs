/// What becomes of a message that was handed out.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Its work is done.
    Ack,
    /// It comes again after a pause.
    Retry,
    /// It comes again at once, as if it had not been handed out.
    HandBack,
    /// It goes to the dead letters.
    GiveUp { reason: String },
}
