//! Searching for similar places on painted slides, whose tumour is known: the nearest neighbours of a
//! tumour tile are tumour tiles, in the slide and in another.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use harness::{Server, Truth, phantom};
use serde_json::{Value, json};

const SIDE_PX: u32 = 8192;
/// The encoder's tiles: 224 pixels of 0.5 um, on a slide of 0.25 um a pixel.
const TILE_PX: u32 = 448;
/// In one slide there are few places apart that are tumour; in both there are ten and more.
const N_HITS_IN_SLIDE: usize = 5;
const N_HITS_IN_ALL: usize = 10;
/// Share of a tumour tile's hits that are tumour, where a third of the tissue is. By comparing the
/// bags with each other it is 0.87 in the slide and 0.93 in both.
const LEAST_PRECISION: f64 = 0.75;
/// Queries from all over the tumour.
const N_QUERIES: usize = 12;

/// Where to look, and for how much.
#[derive(Clone, Copy)]
struct Scope {
    name: &'static str,
    n_hits: usize,
}

const SLIDE: Scope = Scope {
    name: "slide",
    n_hits: N_HITS_IN_SLIDE,
};
const ALL: Scope = Scope {
    name: "all",
    n_hits: N_HITS_IN_ALL,
};

/// A painted slide on the server.
struct Painted {
    id: String,
    truth: Truth,
}

impl Painted {
    fn push(server: &Server, folder: &Path, seed: &str) -> Result<Self> {
        let file = folder.join(format!("{seed}.tiff"));
        let size = SIDE_PX.to_string();
        let arguments = ["--size", &size, "--tumour", "0.35", "--grade", "4"];
        phantom(&file, &[&arguments[..], &["--seed", seed]].concat())?;
        let id = server.push_new(std::fs::read(&file)?)?;
        server.wait_for_state(&id, &["scored"])?;
        let truth = Truth::beside(&file)?;
        Ok(Self { id, truth })
    }

    /// Middles of tiles that are tumour from corner to corner, evenly from all there are.
    fn tumour_tiles(&self) -> Result<Vec<[u32; 2]>> {
        let n_tiles = SIDE_PX / TILE_PX;
        let cells = (0..n_tiles).flat_map(|row| (0..n_tiles).map(move |column| [column, row]));
        let is_all_tumour = |cell: &[u32; 2]| {
            let places = [0.1, 0.5, 0.9];
            let at = |axis: usize, share: f64| (f64::from(cell[axis]) + share) * f64::from(TILE_PX);
            places.iter().all(|x| {
                places
                    .iter()
                    .all(|y| self.truth.is_tumour(at(0, *x), at(1, *y)))
            })
        };
        let tiles: Vec<_> = cells.filter(is_all_tumour).collect();
        ensure!(tiles.len() >= N_QUERIES, "{} tumour tiles", tiles.len());
        let step = tiles.len() / N_QUERIES;
        Ok(tiles.into_iter().step_by(step).take(N_QUERIES).collect())
    }

    fn like(&self, server: &Server, cell: [u32; 2], scope: Scope) -> Result<Value> {
        let middle = cell.map(|at| at * TILE_PX + TILE_PX / 2);
        let region = json!({"type": "Point", "coordinates": middle});
        let body = json!({"region": region, "scope": scope.name, "hits": scope.n_hits});
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let path = format!("/api/v1/slides/{}/similar", self.id);
            let answer = server.post(&path).json(&body).send()?;
            let (status, text) = (answer.status().as_u16(), answer.text()?);
            match status {
                200 => return Ok(serde_json::from_str(&text)?),
                503 if Instant::now() < deadline => thread::sleep(Duration::from_millis(200)),
                _ => bail!("POST {path} answered {status}: {text}"),
            }
        }
    }
}

/// How many of the hits are tumour, of how many.
fn tumour_hits(answer: &Value, slides: &[&Painted]) -> Result<(usize, usize)> {
    let hits = answer["hits"].as_array().context("hits")?;
    let mut n_tumour = 0;
    for hit in hits {
        let slide = slides.iter().find(|slide| hit["slide"] == slide.id);
        let number = |at: usize| hit["rect"][at].as_f64().context("a number");
        let (x, y) = (number(0)? + number(2)? / 2.0, number(1)? + number(3)? / 2.0);
        let truth = &slide.context("a slide of this test")?.truth;
        n_tumour += usize::from(truth.is_tumour(x, y));
    }
    Ok((n_tumour, hits.len()))
}

/// Mean precision over queries from all over the tumour.
fn precision(server: &Server, slide: &Painted, slides: &[&Painted], scope: Scope) -> Result<f64> {
    let (mut n_tumour, mut n_hits) = (0, 0);
    for cell in slide.tumour_tiles()? {
        let answer = slide.like(server, cell, scope)?;
        let (tumour, hits) = tumour_hits(&answer, slides)?;
        n_tumour += tumour;
        n_hits += hits;
    }
    ensure!(n_hits == N_QUERIES * scope.n_hits, "{n_hits} hits in all");
    Ok(n_tumour as f64 / n_hits as f64)
}

#[test]
fn tumour_is_like_tumour_in_the_slide_and_in_another() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("data"), [] as [&str; 0])?;
    let one = Painted::push(&server, folder.path(), "90011")?;
    let other = Painted::push(&server, folder.path(), "90012")?;
    let slides = [&one, &other];

    let cell = *one.tumour_tiles()?.first().context("a tumour tile")?;
    let answer = one.like(&server, cell, SLIDE)?;
    let searched = &answer["searched"];
    ensure!(answer["method"] == "exact" && searched["tiles"] == searched["of_tiles"]);
    let picture = answer["hits"][0]["picture"].as_str().context("a picture")?;
    ensure!(server.get(picture)?.status().is_success(), "{picture}");

    let within = precision(&server, &one, &slides, SLIDE)?;
    ensure!(within >= LEAST_PRECISION, "{within} within the slide");

    let answer = one.like(&server, cell, ALL)?;
    ensure!(answer["searched"]["slides"] == 2, "{answer}");
    let everywhere = precision(&server, &one, &slides, ALL)?;
    ensure!(everywhere >= LEAST_PRECISION, "{everywhere} in all slides");
    Ok(())
}
