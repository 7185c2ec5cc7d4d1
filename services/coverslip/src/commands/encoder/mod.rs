//! `coverslip encoder`: which encoders there are, how one comes in, how good it is, how the one that
//! ships is made.

mod embed_images;
mod import;
mod list;
mod paint;
mod probe;
mod train;
mod verify;
mod zero_shot;

use anyhow::Result;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use self::embed_images::EmbedImages;
use self::import::Import;
use self::list::List;
use self::paint::Paint;
use self::probe::Probe;
use self::train::Train;
use self::verify::Verify;
use self::zero_shot::ZeroShot;
use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Subcommand)]
pub(crate) enum Encoder {
    /// The encoder that ships and those that can be imported, with licence and intended use.
    List(List),
    /// Print the settings, licence and intended use of the encoder that ships, and check its
    /// weights' sha256.
    Show,
    /// Take the weights file of a published encoder, as its authors give it out.
    Import(Import),
    /// Check that an encoder is whole, and that this machine computes it as any other does.
    Verify(Verify),
    /// Score pictures or a slide against classes that are only described in words.
    ZeroShot(ZeroShot),
    /// Train an encoder on phantom tiles by a recipe.
    Train(Train),
    /// Paint the phantom tiles of a recipe into one file, for a trainer of another kind.
    Paint(Paint),
    /// Embed image files with an encoder.
    EmbedImages(EmbedImages),
    /// Measure embeddings of labelled images: balanced accuracy of a logistic regression on them.
    Probe(Probe),
}

impl Encoder {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::List(list) => list.run()?,
            Self::Show => print::json(&shipped::encoder_config()?)?,
            Self::Import(import) => return import.run(),
            Self::Verify(verify) => verify.run()?,
            Self::ZeroShot(zero_shot) => return zero_shot.run(),
            Self::Train(train) => train.run()?,
            Self::Paint(paint) => paint.run()?,
            Self::EmbedImages(embed) => embed.run()?,
            Self::Probe(probe) => probe.run()?,
        }
        Ok(Outcome::Done)
    }
}

/// `what` is being done, `unit` is what is counted.
pub(super) fn progress_bar(what: &str, unit: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!(
        "{what} {{bar:30.cyan/238}} {unit} {{pos}}/{{len}} {{msg}} {{elapsed}}"
    ));
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
