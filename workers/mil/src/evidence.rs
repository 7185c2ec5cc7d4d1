use flow::{DecisiveTile, DecisiveTiles, Evidence, Instance, TopTile};
use mil::{Decisive, Explanation, Scores};
use store::Bag;

/// How many tiles stand for a result.
const N_TOP_TILES: usize = 12;

/// The tiles with most attention, hottest first; the earlier of two equals comes first. None where
/// nothing is known of attention.
pub(crate) fn top_tiles(
    tile_um: f64,
    instances: &[Instance],
    attention: &[f32],
    tile_probability: &[f32],
) -> Vec<TopTile> {
    let mut order: Vec<usize> = (0..attention.len()).collect();
    order.sort_by(|a, b| attention[*b].total_cmp(&attention[*a]));
    order
        .into_iter()
        .take(N_TOP_TILES)
        .map(|at| TopTile {
            rect_um: instances[at].rect(tile_um),
            attention: f64::from(attention[at]),
            tile_probability: tile_probability.get(at).copied().map(f64::from),
        })
        .collect()
}

/// What the result says of its evidence, with places on the glass.
pub(crate) fn evidence(bag: &Bag, scores: &Scores, explanation: Explanation) -> Evidence {
    let tile = |at: usize| DecisiveTile {
        rect_um: bag.instances[at].rect(bag.header.tile_um),
        tile_probability: f64::from(scores.tile_probability[at]),
    };
    let decisive = match explanation.decisive {
        Decisive::SmallestSet {
            instances,
            probability,
        } => DecisiveTiles::SmallestSet {
            tiles: instances.into_iter().map(tile).collect(),
            probability,
        },
        Decisive::NoSmallSet { most_tiles } => DecisiveTiles::NoSmallSet { most_tiles },
        Decisive::MostSuspicious { instance } => DecisiveTiles::MostSuspicious {
            tile: tile(instance),
        },
    };
    Evidence {
        layers: explanation.layers,
        decisive,
        without_flagged: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hottest_first_and_no_more_than_a_dozen() {
        let instances: Vec<Instance> = (0..20)
            .map(|n| Instance {
                x_um: f64::from(n),
                y_um: 0.0,
            })
            .collect();
        let attention: Vec<f32> = (0..20_u8).map(|n| f32::from(n % 10)).collect();
        let top = top_tiles(1.0, &instances, &attention, &attention);
        let columns: Vec<f64> = top.iter().map(|tile| tile.rect_um.x).collect();
        assert_eq!(
            columns,
            [
                9.0, 19.0, 8.0, 18.0, 7.0, 17.0, 6.0, 16.0, 5.0, 15.0, 4.0, 14.0
            ]
        );
    }
}
