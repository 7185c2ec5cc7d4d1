//! `coverslip encoder zero-shot`: pictures or an embedded slide against classes in words.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use encoder::{Encoder, Picture, Prompts, TextEncoder, Tokenizer};
use flow::{EncoderRef, EncoderTerms, MicrometreRect, SlideId};
use serde::Serialize;
use store::Bag;

use crate::commands::block_on;
use crate::compute_choice::ComputeChoice;
use crate::exit::Outcome;
use crate::files;
use crate::installation::{Installation, read_encoder};
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct ZeroShot {
    /// PNG or JPEG pictures, of any size; their middle is looked at.
    pictures: Vec<PathBuf>,
    /// A folder that `coverslip encoder import` wrote for an encoder with a text tower.
    #[arg(long)]
    encoder: PathBuf,
    /// CLIP's vocabulary: OpenAI's `bpe_simple_vocab_16e6.txt.gz`.
    #[arg(long)]
    vocabulary: PathBuf,
    /// `{"templates": ["an H&E image of {}."], "classes": [{"label": "tumour", "names": ["tumor
    /// tissue"]}, ...]}`.
    #[arg(long)]
    prompts: PathBuf,
    /// A slide that this encoder has embedded.
    #[arg(long, requires = "data")]
    slide: Option<SlideId>,
    /// The folder with everything the installation keeps.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    compute: ComputeChoice,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Answer {
    encoder: EncoderRef,
    #[serde(flatten)]
    terms: EncoderTerms,
    pictures: Vec<PictureScores>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slide: Option<SlideScores>,
}

#[derive(Debug, Serialize)]
struct PictureScores {
    file: String,
    classes: Vec<ClassProbability>,
}

#[derive(Debug, Serialize)]
struct ClassProbability {
    label: String,
    probability: f64,
}

#[derive(Debug, Serialize)]
struct SlideScores {
    slide: SlideId,
    n_instances: u64,
    classes: Vec<ClassOnSlide>,
}

/// A class over the tiles of a slide.
#[derive(Debug, Serialize)]
struct ClassOnSlide {
    label: String,
    mean_probability: f64,
    /// Share of the tiles whose most likely class this is.
    share_of_tiles: f64,
    /// The tile most like it.
    top_tile_um: Option<MicrometreRect>,
}

impl ZeroShot {
    pub(super) fn run(self) -> Result<Outcome> {
        ensure!(
            self.slide.is_some() || !self.pictures.is_empty(),
            "nothing to score: name pictures, or a slide with --slide"
        );
        block_on(self.answer())
    }

    async fn answer(self) -> Result<Outcome> {
        let encoder = read_encoder(&self.encoder, self.compute.compute()?)?;
        let scorer = self.scorer(&encoder)?;
        let pictures = self.pictures.iter();
        let slide = match (self.slide, &self.data) {
            (Some(slide), Some(data)) => {
                let store = Installation::open(data).await?.store;
                let bag = Bag::read(&store, slide, encoder.reference().hash).await;
                let bag = bag.with_context(|| {
                    format!("{slide} has no bag of this encoder: `coverslip embed` makes one")
                })?;
                Some(score_bag(&scorer, &bag))
            }
            _ => None,
        };
        print::json(&Answer {
            encoder: encoder.reference().clone(),
            terms: encoder.config().terms(),
            pictures: pictures
                .map(|file| score_picture(&scorer, &encoder, file))
                .collect::<Result<_>>()?,
            slide,
        })?;
        Ok(Outcome::Done)
    }

    fn scorer(&self, encoder: &Encoder) -> Result<encoder::ZeroShot> {
        let prompts = Prompts::parse(&files::read(&self.prompts)?)?;
        let tokenizer = Tokenizer::new(&files::read(&self.vocabulary)?)?;
        // Before its weights are looked for: an encoder may have no text tower.
        encoder.config().text_tower()?;
        let weights = files::read(&self.encoder.join("text.safetensors"))?;
        let text = TextEncoder::load(encoder.config(), &weights)?;
        Ok(encoder::ZeroShot::new(&prompts, &text, &tokenizer)?)
    }
}

fn score_picture(
    scorer: &encoder::ZeroShot,
    encoder: &Encoder,
    file: &Path,
) -> Result<PictureScores> {
    let picture = image::open(file)
        .with_context(|| format!("{} is no picture", file.display()))?
        .to_rgb8();
    let embedding = encoder.embed_picture(Picture {
        pixels: picture.as_raw(),
        width: picture.width() as usize,
        height: picture.height() as usize,
    })?;
    let labels = scorer.labels().iter().cloned();
    Ok(PictureScores {
        file: file.display().to_string(),
        classes: labels
            .zip(scorer.probabilities(&embedding))
            .map(|(label, probability)| ClassProbability { label, probability })
            .collect(),
    })
}

fn score_bag(scorer: &encoder::ZeroShot, bag: &Bag) -> SlideScores {
    let embeddings = bag.embeddings.chunks_exact(bag.header.dimension as usize);
    let tiles: Vec<Vec<f64>> = embeddings.map(|tile| scorer.probabilities(tile)).collect();
    let n_tiles = tiles.len().max(1) as f64;
    let likely = |tile: &Vec<f64>| highest(tile.iter().copied());
    let class = |(number, label): (usize, &String)| {
        let of_class = || tiles.iter().map(|tile| tile[number]);
        let n_likely = tiles.iter().filter(|tile| likely(tile) == Some(number));
        let top = highest(of_class()).and_then(|top| bag.instances.get(top));
        ClassOnSlide {
            label: label.clone(),
            mean_probability: of_class().sum::<f64>() / n_tiles,
            share_of_tiles: n_likely.count() as f64 / n_tiles,
            top_tile_um: top.map(|tile| tile.rect(bag.header.tile_um)),
        }
    };
    SlideScores {
        slide: bag.header.slide,
        n_instances: bag.header.n_instances,
        classes: scorer.labels().iter().enumerate().map(class).collect(),
    }
}

/// Where the highest value stands.
fn highest(values: impl Iterator<Item = f64>) -> Option<usize> {
    let highest = values.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    highest.map(|(at, _)| at)
}
