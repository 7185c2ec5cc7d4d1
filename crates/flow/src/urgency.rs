/// Whether somebody waits for a slide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    #[default]
    Routine,
    /// It goes before all that is not.
    Urgent,
}

impl Urgency {
    /// The first to be looked after first.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::Routine];
}
