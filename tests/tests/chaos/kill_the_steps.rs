//! `kill -9` of each part that works on slides, at five moments of a slide's way.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::blocking::Body;

use crate::expected::{Expected, bag, bag_of_one_run};
use crate::installation::{Installation, Part};
use crate::moment::Moment;
use crate::rounds::rounds;

const SIDE: u32 = 8_192;

#[test]
fn ingest_killed_while_it_tiles() -> Result<()> {
    killed(
        Part::Ingest,
        [
            Moment::State("received"),
            Moment::Object("level-00.dcm"),
            Moment::Object("index.bin"),
            Moment::Object("manifest.json"),
            Moment::State("tiled"),
        ],
    )
}

#[test]
fn an_embed_worker_killed() -> Result<()> {
    killed(
        Part::Embed,
        [
            Moment::State("tiled"),
            Moment::Embedding,
            Moment::Object("chunk-00000.bin"),
            Moment::Object("bag.json"),
            Moment::State("embedded"),
        ],
    )
}

#[test]
fn a_mil_worker_killed() -> Result<()> {
    killed(
        Part::Mil,
        [
            Moment::State("embedded"),
            Moment::Object("attention.bin"),
            Moment::Object("tile.bin"),
            Moment::Object("prediction.json"),
            Moment::State("scored"),
        ],
    )
}

fn killed(part: Part, moments: [Moment; 5]) -> Result<()> {
    let mut installation = Installation::with_slides_of(SIDE)?;
    let expected = Expected::from(&mut installation)?;
    for _ in 0..rounds()? {
        for moment in moments {
            let slide = installation.new_slide();
            let slide = installation.push(slide)?;
            moment.wait(&installation, &slide)?;
            installation.kill(part)?;
            installation.start_again(part)?;
            expected.check(&installation, &slide)?;
        }
    }
    Ok(())
}

#[test]
fn ingest_killed_while_a_slide_comes_in() -> Result<()> {
    let mut installation = Installation::with_slides_of(SIDE)?;
    let expected = Expected::from(&mut installation)?;
    for _ in 0..rounds()? {
        let slide = installation.new_slide();
        let (half, rest) = slide.split_at(slide.len() / 2);
        let (more, bytes) = Halves::of(half, rest);
        let ingest = installation.server(Part::Ingest);
        let push = ingest.post("/api/v1/slides").body(Body::new(bytes));
        let pushing = std::thread::spawn(move || push.send());
        std::thread::sleep(Duration::from_millis(50));
        installation.kill(Part::Ingest)?;
        drop(more);
        let answer = pushing.join().expect("the thread does not panic");
        ensure!(answer.is_err(), "half a slide was acknowledged");
        installation.start_again(Part::Ingest)?;
        let objects = installation.data().join("objects/slides");
        let n_before = std::fs::read_dir(&objects)?.count();
        let slide = installation.push(slide)?;
        let n_after = std::fs::read_dir(&objects)?.count();
        ensure!(n_after == n_before + 1, "half a slide was left behind");
        expected.check(&installation, &slide)?;
    }
    Ok(())
}

/// A body whose second half comes when it is told to.
struct Halves {
    first: io::Cursor<Vec<u8>>,
    told: Receiver<()>,
    second: io::Cursor<Vec<u8>>,
}

impl Halves {
    fn of(first: &[u8], second: &[u8]) -> (Sender<()>, Self) {
        let (tell, told) = channel();
        let halves = Self {
            first: io::Cursor::new(first.to_vec()),
            told,
            second: io::Cursor::new(second.to_vec()),
        };
        (tell, halves)
    }
}

impl Read for Halves {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.first.read(buffer)? {
            0 => {
                // Told, or the test no longer wants the answer.
                let _told = self.told.recv();
                self.second.read(buffer)
            }
            n => Ok(n),
        }
    }
}

/// More than one chunk: a worker that is killed after the first costs no more than the second.
#[test]
fn a_large_slide_goes_on_where_it_stood() -> Result<()> {
    let mut installation = Installation::with_slides_of(20_480)?;
    for _ in 0..rounds()?.min(5) {
        let slide = installation.new_slide();
        let id = installation.push(slide.clone())?;
        Moment::Object("chunk-00000.bin").wait(&installation, &id)?;
        installation.kill(Part::Embed)?;
        let folder = installation.objects_of(&id);
        ensure!(
            bag(&folder).is_err(),
            "the worker was too quick to be killed"
        );
        let first = first_chunk(&folder)?;
        installation.start_again(Part::Embed)?;
        let cases = installation.server(Part::Cases);
        cases.wait_for_state(&id, &["scored"])?;
        ensure!(
            first_chunk(&folder)? == first,
            "a committed chunk was written again"
        );
        ensure!(
            bag(&folder)? == bag_of_one_run(&slide, &id)?,
            "the bag is not that of an undisturbed run"
        );
    }
    Ok(())
}

/// When the first chunk was written.
fn first_chunk(slide: &std::path::Path) -> Result<std::time::SystemTime> {
    let encoder = std::fs::read_dir(slide.join("bags"))?.next();
    let encoder = encoder.ok_or_else(|| anyhow::anyhow!("no bag was begun"))??;
    let chunk = encoder.path().join("chunk-00000.bin");
    Ok(chunk.metadata()?.modified()?)
}
