use parameters::{Seed, seeded};
use rand::seq::SliceRandom;

use super::LabelledEmbeddings;
use crate::MilError;

/// Parts the tiles at random into folds that hold as much of each class as the others, give or
/// take one tile.
pub(super) fn folds(
    embeddings: &LabelledEmbeddings,
    n_folds: usize,
    seed: Seed,
) -> Result<Vec<Vec<usize>>, MilError> {
    let classes = embeddings.classes();
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.shuffle(&mut seeded(seed, 0));
    order.sort_by_key(|&index| classes[index]);
    let mut of_class = order.chunk_by(|&a, &b| classes[a] == classes[b]);
    if n_folds < 2 || of_class.any(|tiles| tiles.len() < n_folds) {
        return Err(MilError::Probe(format!(
            "{n_folds} folds need at least two folds and {n_folds} tiles of each class"
        )));
    }
    let of_fold = |fold| order.iter().skip(fold).step_by(n_folds).copied().collect();
    Ok((0..n_folds).map(of_fold).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_is_in_one_fold_and_every_class_in_all() -> Result<(), MilError> {
        let classes: Vec<usize> = (0..53).map(|at| usize::from(at % 4 == 0)).collect();
        let tiles = LabelledEmbeddings::new(vec![0.0; 53], 1, classes.clone())?;
        let found = folds(&tiles, 5, Seed(1))?;
        let mut all = found.concat();
        all.sort_unstable();
        assert_eq!(all, (0..53).collect::<Vec<_>>());
        for fold in &found {
            let n_rare = fold.iter().filter(|&&index| classes[index] == 1).count();
            assert!((2..=3).contains(&n_rare), "{n_rare}");
        }
        assert_eq!(found, folds(&tiles, 5, Seed(1))?);
        assert_ne!(found, folds(&tiles, 5, Seed(2))?);
        assert!(matches!(
            folds(&tiles, 20, Seed(1)),
            Err(MilError::Probe(_))
        ));
        Ok(())
    }
}
