//! Many slides through the whole while parts and Redis are killed: two hundred where
//! `COVERSLIP_CHAOS_ROUNDS` is twenty.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::installation::{Installation, Part};
use crate::rounds::rounds;

const SLIDES_A_ROUND: u64 = 10;
/// Every so many slides, one that no reader can read.
const POISONED: u64 = 5;
/// Of any process, in bytes.
const MOST_MEMORY: u64 = 400_000_000;

#[test]
fn every_slide_ends_in_one_result_or_in_quarantine() -> Result<()> {
    let mut installation = Installation::with_slides_of(4_096)?;
    let n_slides = rounds()? * SLIDES_A_ROUND;
    let mut chaos = Chaos::default();
    let mut slides = BTreeMap::new();
    for number in 0..n_slides {
        let is_poisoned = number % POISONED == POISONED - 1;
        let bytes = match is_poisoned {
            true => poison(installation.new_slide()),
            false => installation.new_slide(),
        };
        let slide = loop {
            match installation.push(bytes.clone()) {
                Ok(slide) => break slide,
                // What is not acknowledged is pushed again.
                Err(_) => installation.start_again(Part::Ingest)?,
            }
        };
        slides.insert(slide, is_poisoned);
        chaos.strike(&mut installation)?;
    }
    let deadline = Instant::now() + Duration::from_secs(60 + 20 * n_slides);
    while !all_have_ended(&installation, slides.keys())? {
        ensure!(Instant::now() < deadline, "slides do not end");
        chaos.strike(&mut installation)?;
        std::thread::sleep(Duration::from_millis(1_500));
    }
    // A sound slide whose worker was killed again and again is given up; a person tries it again.
    installation.redrive()?;
    while !all_have_ended(&installation, slides.keys())? {
        ensure!(Instant::now() < deadline, "redriven slides do not end");
        std::thread::sleep(Duration::from_millis(500));
    }
    let mut probabilities = Vec::new();
    for (slide, is_poisoned) in &slides {
        match (outcome(&installation, slide)?, is_poisoned) {
            (Outcome::Scored { probability }, false) => probabilities.push(probability),
            (Outcome::Refused { reason }, true) => ensure!(!reason.is_empty(), "{slide}"),
            (outcome, _) => bail!("{slide}, poisoned {is_poisoned}, ended as {outcome:?}"),
        }
    }
    let first = probabilities[0];
    ensure!(
        probabilities.iter().all(|other| *other == first),
        "one picture, several results: {probabilities:?}"
    );
    for part in [
        Part::Ingest,
        Part::Embed,
        Part::Mil,
        Part::Cases,
        Part::Tiles,
    ] {
        let peak = installation.server(part).peak_memory()?;
        ensure!(peak < MOST_MEMORY, "{part:?} took {peak} bytes");
    }
    Ok(())
}

/// The directory lies beyond the end: a TIFF by its first bytes, and no slide.
fn poison(mut slide: Vec<u8>) -> Vec<u8> {
    let half = slide.len() / 2;
    slide.drain(16..half);
    slide
}

#[derive(Default)]
struct Chaos {
    n_strikes: usize,
}

impl Chaos {
    /// Kills one after the other, and starts it again at once.
    fn strike(&mut self, installation: &mut Installation) -> Result<()> {
        const PARTS: [Part; 5] = [
            Part::Embed,
            Part::Ingest,
            Part::Mil,
            Part::Tiles,
            Part::Cases,
        ];
        self.n_strikes += 1;
        match PARTS.get(self.n_strikes % (PARTS.len() + 1)) {
            Some(&part) => {
                installation.kill(part)?;
                installation.start_again(part)
            }
            None => {
                installation.redis.kill()?;
                installation.redis.restart()
            }
        }
    }
}

#[derive(Debug)]
enum Outcome {
    UnderWay,
    Scored { probability: f64 },
    Refused { reason: String },
}

fn all_have_ended<'a>(
    installation: &Installation,
    slides: impl Iterator<Item = &'a String>,
) -> Result<bool> {
    for slide in slides {
        if matches!(outcome(installation, slide)?, Outcome::UnderWay) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn outcome(installation: &Installation, slide: &str) -> Result<Outcome> {
    let cases = installation.server(Part::Cases);
    let row = cases.get_json(&format!("/api/v1/slides/{slide}"))?;
    let reason = row["reason_text"].as_str().unwrap_or_default().to_owned();
    Ok(match row["status"]["state"].as_str() {
        Some("scored") => {
            let all = cases.get_json(&format!("/api/v1/slides/{slide}/predictions"))?;
            ensure!(
                all["predictions"].as_array().map(Vec::len) == Some(1),
                "{all}"
            );
            let probability = row["probability"].as_f64().unwrap_or(f64::NAN);
            Outcome::Scored { probability }
        }
        Some("quarantined" | "held") => Outcome::Refused { reason },
        _ => Outcome::UnderWay,
    })
}
