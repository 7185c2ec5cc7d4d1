//! What is ordered of a case, what its slides say together, and what was signed of it: the same
//! whether it comes in or goes out by REST or by a standard of the laboratory's.

mod answers;
mod fusion;
mod nodes;
mod orders;
mod record;
mod research;
mod signature;
mod signed;

pub use answers::{Answer, Author, Says, SlideAnswers};
pub use fusion::{CaseCall, TaskResult, fused};
pub use nodes::{BlockCount, NodeCount, NodeStage, counted};
pub use orders::{orders_came, place_order};
pub use record::{CaseRecord, SlideRecord, together};
pub use research::ResearchResults;
pub use signature::{Finality, ReaderFinding, Signature, findings};
pub use signed::SignedBody;
