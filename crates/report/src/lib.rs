//! A report on a slide or a case as one HTML page and as PDF, both of the same content.
//!
//! What stands in it is for the caller to gather: here are only its parts and how they look. The
//! page stands alone: no script, no font, no picture from elsewhere. The PDF is PDF/A-2u (ISO
//! 19005-2): it holds its fonts, and its text can be searched and copied.

mod content;
mod html;
mod pdf;

pub use content::{Block, Callout, Fact, Figure, Figures, Made, Report, Section, Table, Tone};
pub use html::html;
pub use pdf::{Fonts, ReportError, pdf};
