use std::collections::HashSet;
use std::hash::Hash;

use flow::{MicrometreRect, TileIndex};

/// Tiles on each side of one that count as beside it, at most: beyond that a sample is so thin that
/// its tiles have no neighbours.
const MOST_REACH: u32 = 6;

/// A tile of a slide, and how like the query it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TileHit<Slide> {
    pub slide: Slide,
    /// On the slide's grid of tiles.
    pub cell: TileIndex,
    /// On the glass.
    pub rect: MicrometreRect,
    /// The cosine.
    pub similarity: f32,
}

/// How many of a slide's tiles were compared at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    pub n_compared: u64,
    pub n_tiles: u64,
}

impl Sampling {
    /// Of all there are.
    pub const fn whole(n_tiles: u64) -> Self {
        Self {
            n_compared: n_tiles,
            n_tiles,
        }
    }

    /// How many tiles apart two neighbours of the sample lie: 1 where every tile is in it.
    fn reach(self) -> u32 {
        let spacing = (self.n_tiles as f64 / self.n_compared.max(1) as f64).sqrt();
        (spacing.ceil() as u32).clamp(1, MOST_REACH)
    }
}

/// The `n` best of `hits`, the best first as they come, of which none lies beside a better one of
/// them, nor beside one of `asked_for`: the tiles the query was made of.
pub fn standing_apart<Slide: Copy + Eq + Hash>(
    hits: impl IntoIterator<Item = TileHit<Slide>>,
    asked_for: impl IntoIterator<Item = (Slide, TileIndex)>,
    sampling: impl Fn(Slide) -> Sampling,
    n: usize,
) -> Vec<TileHit<Slide>> {
    let mut taken: HashSet<(Slide, TileIndex)> = asked_for.into_iter().collect();
    let mut apart = Vec::new();
    for hit in hits {
        if apart.len() == n {
            break;
        }
        let reach = sampling(hit.slide).reach();
        let is_beside = around(hit.cell, reach).any(|cell| taken.contains(&(hit.slide, cell)));
        if !is_beside {
            taken.insert((hit.slide, hit.cell));
            apart.push(hit);
        }
    }
    apart
}

/// The cell itself and those within `reach` of it.
fn around(cell: TileIndex, reach: u32) -> impl Iterator<Item = TileIndex> {
    let span = move |middle: u32| middle.saturating_sub(reach)..=middle.saturating_add(reach);
    span(cell.row)
        .flat_map(move |row| span(cell.column).map(move |column| TileIndex { column, row }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(slide: u8, column: u32, row: u32, similarity: f32) -> TileHit<u8> {
        TileHit {
            slide,
            cell: TileIndex { column, row },
            rect: MicrometreRect::square(f64::from(column), f64::from(row), 1.0),
            similarity,
        }
    }

    fn kept(hits: &[TileHit<u8>], asked_for: &[(u8, TileIndex)], n: usize) -> Vec<TileHit<u8>> {
        let (hits, asked_for) = (hits.iter().copied(), asked_for.iter().copied());
        standing_apart(hits, asked_for, |_slide| Sampling::whole(100), n)
    }

    #[test]
    fn of_neighbours_the_best_is_left() {
        let hits = [
            hit(0, 5, 5, 0.9),
            hit(0, 6, 6, 0.8),
            // Beside one that was left out.
            hit(0, 7, 7, 0.7),
            hit(0, 8, 7, 0.6),
            hit(1, 5, 5, 0.5),
        ];
        let expected = [hits[0], hits[2], hits[4]];
        assert_eq!(kept(&hits, &[], 12), expected);
        assert_eq!(kept(&hits, &[], 2), expected[..2]);
    }

    #[test]
    fn what_was_asked_for_is_no_hit_nor_what_touches_it() {
        let hits = [
            hit(0, 0, 0, 1.0),
            hit(0, 1, 0, 0.9),
            hit(0, 3, 0, 0.8),
            hit(1, 0, 0, 0.7),
        ];
        let asked_for = [(0, TileIndex { column: 0, row: 0 })];
        assert_eq!(kept(&hits, &asked_for, 12), [hits[2], hits[3]]);
    }

    #[test]
    fn in_a_sample_neighbours_lie_further_apart() {
        let hits = [hit(0, 0, 0, 0.9), hit(0, 3, 0, 0.8), hit(0, 7, 0, 0.7)];
        let every_ninth = Sampling {
            n_compared: 100,
            n_tiles: 900,
        };
        let found = standing_apart(hits, [], |_slide| every_ninth, 12);
        assert_eq!(found, [hits[0], hits[2]]);
    }
}
