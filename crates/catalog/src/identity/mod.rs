//! Which slide a slide is: what its label, its scanner and people say, and whether they agree.

mod change;
mod notes;
mod record;

pub use change::IdentityChange;
pub use record::{
    IdentityCorrection, IdentityRow, IdentityStanding, LabelReading, SlideIdentity, Witness,
    WitnessSource,
};
