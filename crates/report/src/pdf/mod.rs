//! The report as PDF: its parts are laid on pages first, so that each page can say of how many it
//! is one, and then drawn.

mod blocks;
mod draw;
mod flow;
mod fonts;
mod ink;
mod lines;

use krilla::error::KrillaError;
use thiserror::Error;

pub use fonts::Fonts;

use crate::Report;

/// Why there is no PDF. The HTML page has no such limits.
#[derive(Debug, Error)]
pub enum ReportError {
    #[error("the font {name} is not one that can be used: give a TrueType or OpenType file")]
    Font { name: String },
    /// To leave them out, or to print boxes in their place, could hide a name.
    #[error(
        "the fonts of the PDF lack {}: print the HTML report in its place, or have the server \
         started with a font that has them (--report-font)",
        in_quotes(.characters)
    )]
    NoGlyph { characters: Vec<char> },
    #[error("a picture of the report cannot be used: {0}")]
    Picture(String),
    #[error("the PDF's settings are not those of its standard: {0}")]
    Standard(String),
    #[error("the PDF could not be written")]
    Write(#[source] KrillaError),
}

/// The report as PDF/A-2u, on pages of A4.
///
/// # Errors
/// If the fonts lack a character that stands in the report, or a picture is no JPEG.
pub fn pdf(report: &Report, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let pages = blocks::laid_out(report, fonts)?;
    draw::document(report, &pages, fonts)
}

fn in_quotes(characters: &[char]) -> String {
    let quoted = characters
        .iter()
        .map(|character| format!("\"{character}\""));
    quoted.collect::<Vec<_>>().join(" ")
}
