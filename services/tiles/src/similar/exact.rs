use flow::{Mpp, SlideId};
use similarity::{Direction, Sampling, SimilarityError, TileHit, standing_apart};

use super::embedded::EmbeddedSlide;
use super::request::Place;

impl EmbeddedSlide {
    /// Which of the slide's tiles a place means; `base` is the resolution of level 0.
    pub(super) fn meant(&self, place: &Place, base: Mpp) -> Vec<usize> {
        let tile_um = self.header.tile_um;
        let is_meant = |position: &usize| match place {
            Place::Region(region) => {
                region.means(self.instances[*position].rect(tile_um).in_pixels(base))
            }
            Place::Tiles(tiles) => tiles.contains(&self.cells[*position]),
        };
        (0..self.cells.len()).filter(is_meant).collect()
    }

    /// The best hits of all tiles but those that were `asked_for`, each apart from better ones.
    pub(super) fn most_like(
        &self,
        direction: &Direction,
        asked_for: &[usize],
        n_hits: usize,
    ) -> Result<Vec<TileHit<SlideId>>, SimilarityError> {
        let slide = self.header.slide;
        let similarities = self.vectors.similarities(direction)?;
        let mut order: Vec<usize> = (0..similarities.len()).collect();
        order.sort_by(|a, b| similarities[*b].total_cmp(&similarities[*a]));
        let hits = order.into_iter().map(|position| TileHit {
            slide,
            cell: self.cells[position],
            rect: self.instances[position].rect(self.header.tile_um),
            similarity: similarities[position],
        });
        let asked_for = asked_for.iter().map(|at| (slide, self.cells[*at]));
        let every_tile = Sampling::whole(self.header.n_instances);
        Ok(standing_apart(hits, asked_for, |_slide| every_tile, n_hits))
    }
}

/// The best of several slides' hits.
pub(super) fn best_of(mut hits: Vec<TileHit<SlideId>>, n_hits: usize) -> Vec<TileHit<SlideId>> {
    hits.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    hits.truncate(n_hits);
    hits
}
