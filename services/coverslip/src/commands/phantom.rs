//! `coverslip phantom`: a synthetic slide whose truth is known.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use flow::Mpp;
use indicatif::{ProgressBar, ProgressStyle};
use phantom::{Grade, PhantomScanner, PhantomSpec, PyramidStep, StainChoice, TilesDone};

use crate::exit::Outcome;
use crate::print;

#[derive(Debug, Args)]
pub(crate) struct Phantom {
    /// The slide to write, a tiled TIFF; the ground truth lies beside it as GeoJSON.
    out: PathBuf,
    /// Side of the slide in pixels.
    #[arg(long, default_value_t = 20_480)]
    size: u32,
    /// Micrometres per pixel.
    #[arg(long, default_value = "0.25")]
    mpp: Mpp,
    /// Share of the tissue that is tumour, from 0 (benign) to 0.9.
    #[arg(long, default_value_t = 0.0)]
    tumour: f64,
    /// Grade of the tumour, from 1 (well formed glands) to 5 (none).
    #[arg(long, default_value = "3")]
    grade: Grade,
    /// Another seed is another slide; the same seed is the same, byte for byte.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How much smaller each level is than the one before.
    #[arg(long, value_enum, default_value = "2")]
    pyramid: Step,
    /// JPEG quality from 1 to 100.
    #[arg(long, default_value_t = 85)]
    quality: u8,
    /// Give the slide a label whose barcode says this; the file is written as Aperio scanners do.
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// The model of the scanner that the file names; none if not given.
    #[arg(long, value_name = "TEXT", conflicts_with = "label")]
    scanner: Option<String>,
    /// How much light the scanner sees in red, green and blue: 0.85,1,1.1 is a bluish one.
    #[arg(long, value_name = "R,G,B", default_value = "1,1,1", value_parser = parse_light)]
    light: [f32; 3],
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Step {
    /// Every level is there.
    #[value(name = "2")]
    Two,
    /// Every other level is missing, as Aperio scanners write.
    #[value(name = "4")]
    Four,
}

impl Phantom {
    pub(crate) fn run(self) -> Result<Outcome> {
        let spec = PhantomSpec {
            size: self.size,
            mpp: self.mpp,
            tumour_fraction: self.tumour,
            grade: self.grade,
            seed: self.seed,
            jpeg_quality: self.quality,
            pyramid: match self.pyramid {
                Step::Two => PyramidStep::Two,
                Step::Four => PyramidStep::Four,
            },
            stain: StainChoice::FromSeed,
            label: self.label,
            scanner: PhantomScanner {
                model: self.scanner,
                light: self.light,
            },
        };
        let bar = progress_bar();
        let show = |tiles: TilesDone| {
            bar.set_length(tiles.total);
            bar.set_position(tiles.done);
        };
        let truth = phantom::write_slide(&spec, &self.out, &show)
            .with_context(|| format!("cannot paint {}", self.out.display()))?;
        bar.finish_and_clear();
        let tumour = match truth.grade {
            Some(grade) => {
                format!(
                    "grade {grade} tumour on {:.2} % of the tissue",
                    truth.tumour_fraction * 100.0
                )
            }
            None => "benign".to_owned(),
        };
        print::line(&format!("{}: {tumour}", self.out.display()))?;
        Ok(Outcome::Done)
    }
}

fn parse_light(text: &str) -> Result<[f32; 3]> {
    let shares: Result<Vec<f32>, _> = text.split(',').map(str::parse).collect();
    let shares = shares.ok().and_then(|shares| shares.try_into().ok());
    shares.context("give three numbers, such as 0.85,1,1.1")
}

fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template(
        "painting {bar:30.cyan/238} {human_pos}/{human_len} tiles {elapsed}",
    )
    .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}
