use std::collections::HashMap;

use flow::{BagHeader, Instance, SlideId, TileIndex};
use similarity::{
    ApproximateIndex, Direction, Sampling, SimilarityError, TileHit, Unreached, standing_apart,
};

use super::config::IndexConfig;
use super::embedded::EmbeddedSlide;

/// Neighbours that are looked at for each hit at first: most of them are beside better ones.
const NEIGHBOURS_A_HIT: usize = 8;
/// At most: beyond that a search would take seconds.
const MOST_NEIGHBOURS: usize = 8_192;

/// Tiles of many slides that one encoder embedded.
pub(super) struct IndexedTiles {
    dimension: u32,
    graph: ApproximateIndex,
    capacity: usize,
    tiles_a_slide: usize,
    /// Of each vector in the graph.
    tiles: Vec<IndexedTile>,
    slides: Vec<IndexedSlide>,
    /// Where in `slides` a slide stands.
    numbers: HashMap<SlideId, u32>,
    /// How many tiles the slides have that did not go in.
    left_out: HashMap<SlideId, u64>,
}

struct IndexedTile {
    slide: u32,
    cell: TileIndex,
    at: Instance,
}

struct IndexedSlide {
    id: SlideId,
    tile_um: f64,
    sampling: Sampling,
}

/// How much was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) n_tiles: u64,
    pub(super) of_tiles: u64,
    pub(super) n_slides: usize,
    pub(super) of_slides: usize,
}

impl IndexedTiles {
    pub(super) fn new(dimension: u32, config: &IndexConfig) -> Self {
        let n_values = dimension as usize;
        let capacity = ApproximateIndex::capacity(n_values, config.n_bytes);
        Self {
            dimension,
            graph: ApproximateIndex::new(n_values, capacity),
            capacity,
            tiles_a_slide: config.tiles_a_slide,
            tiles: Vec::new(),
            slides: Vec::new(),
            numbers: HashMap::new(),
            left_out: HashMap::new(),
        }
    }

    pub(super) fn knows(&self, slide: SlideId) -> bool {
        self.numbers.contains_key(&slide) || self.left_out.contains_key(&slide)
    }

    /// Whether a bag can go in: there is room for it, and it can be compared. Bags of an encoder that
    /// is known by its name alone may be of several.
    pub(super) fn takes(&self, bag: &BagHeader) -> bool {
        let wanted = (self.tiles_a_slide as u64).min(bag.n_instances);
        let has_room = self.tiles.len() as u64 + wanted <= self.capacity as u64;
        has_room && bag.dimension == self.dimension
    }

    pub(super) fn leave_out(&mut self, slide: SlideId, n_tiles: u64) {
        self.left_out.insert(slide, n_tiles);
    }

    /// Which tiles of a slide go in: all, or as many as may, evenly spread in the order of the bag,
    /// which goes row by row.
    pub(super) fn sample(&self, n_tiles: usize) -> Vec<usize> {
        let n_taken = n_tiles.min(self.tiles_a_slide);
        (0..n_taken).map(|n| n * n_tiles / n_taken).collect()
    }

    /// Some tiles of a slide; it is known once [`Self::finish`] was told so.
    pub(super) fn add(
        &mut self,
        slide: &EmbeddedSlide,
        positions: &[usize],
    ) -> Result<(), SimilarityError> {
        let number = self.slides.len() as u32;
        for position in positions {
            let Some(vector) = slide.vectors.get(*position) else {
                continue;
            };
            self.graph.add(vector)?;
            self.tiles.push(IndexedTile {
                slide: number,
                cell: slide.cells[*position],
                at: slide.instances[*position],
            });
        }
        Ok(())
    }

    /// All tiles of the slide that go in are in.
    pub(super) fn finish(&mut self, slide: &EmbeddedSlide, n_compared: usize) {
        let id = slide.header.slide;
        self.numbers.insert(id, self.slides.len() as u32);
        self.slides.push(IndexedSlide {
            id,
            tile_um: slide.header.tile_um,
            sampling: Sampling {
                n_compared: n_compared as u64,
                n_tiles: slide.header.n_instances,
            },
        });
    }

    /// Those of the tiles that no links lead to.
    pub(super) fn unreached(&self) -> Unreached {
        self.graph.unreached()
    }

    pub(super) fn compare_always(&mut self, unreached: Unreached) {
        self.graph.compare_always(unreached);
    }

    /// The best hits, but those that were `asked_for`, each apart from better ones.
    pub(super) fn most_like(
        &self,
        direction: &Direction,
        asked_for: &[(SlideId, TileIndex)],
        n_hits: usize,
    ) -> Result<Vec<TileHit<SlideId>>, SimilarityError> {
        let most = MOST_NEIGHBOURS.min(self.tiles.len());
        let mut n_neighbours = NEIGHBOURS_A_HIT * n_hits + asked_for.len();
        loop {
            let hits = self.apart(direction, asked_for, n_hits, n_neighbours.min(most))?;
            if hits.len() == n_hits || n_neighbours >= most {
                return Ok(hits);
            }
            n_neighbours *= 4;
        }
    }

    fn apart(
        &self,
        direction: &Direction,
        asked_for: &[(SlideId, TileIndex)],
        n_hits: usize,
        n_neighbours: usize,
    ) -> Result<Vec<TileHit<SlideId>>, SimilarityError> {
        let found = self.graph.nearest(direction, n_neighbours)?;
        // What is being added belongs to a slide that is not known yet.
        let hits = found.into_iter().filter_map(|found| {
            let tile = &self.tiles[found.position];
            let slide = self.slides.get(tile.slide as usize)?;
            Some(TileHit {
                slide: slide.id,
                cell: tile.cell,
                rect: tile.at.rect(slide.tile_um),
                similarity: found.similarity,
            })
        });
        let sampling = |slide: SlideId| {
            let number = self.numbers.get(&slide);
            let slide = number.and_then(|number| self.slides.get(*number as usize));
            slide.map_or(Sampling::whole(0), |slide| slide.sampling)
        };
        let asked_for = asked_for.iter().copied();
        Ok(standing_apart(hits, asked_for, sampling, n_hits))
    }

    pub(super) fn extent(&self) -> Extent {
        let in_slides: u64 = self.slides.iter().map(|slide| slide.sampling.n_tiles).sum();
        let left_out: u64 = self.left_out.values().sum();
        Extent {
            n_tiles: self.tiles.len() as u64,
            of_tiles: in_slides + left_out,
            n_slides: self.slides.len(),
            of_slides: self.slides.len() + self.left_out.len(),
        }
    }
}
