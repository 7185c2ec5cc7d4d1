use anyhow::Result;
use flow::{DecisiveTiles, Evidence, Faithfulness, HeatmapLayer, LayerEvidence, Prediction};
use mil::{AnyTask, ServiceTask};
use std::sync::Arc;

use crate::MilDeps;
use crate::answer::{Maker, without_evidence};
use crate::evidence::top_tiles;
use crate::made::Made;
use crate::result_objects::{put_heatmaps, put_prediction, weights};
use crate::service::Said;

/// Stores what a service says: the layers that it gave values for, and the result, which says that what
/// decided it is not told.
pub(crate) async fn put_result(
    deps: &MilDeps,
    task: &Arc<ServiceTask>,
    said: Said,
) -> Result<Made> {
    let seen = said.seen();
    let Said {
        bag,
        scores,
        abstention,
        seconds,
        ..
    } = said;
    let attention = weights(&scores.attention);
    let layers = [
        (HeatmapLayer::Attention, &*attention),
        (HeatmapLayer::Tile, &*scores.tile_probability),
    ];
    let given = layers.into_iter().filter(|(_, values)| !values.is_empty());
    let given: Vec<(HeatmapLayer, &[f32])> = given.collect();
    let evidence = Evidence {
        layers: given
            .iter()
            .map(|&(layer, _)| without_figures(layer))
            .collect(),
        decisive: DecisiveTiles::NotTold,
        without_flagged: None,
    };
    let top_tiles = top_tiles(
        bag.header.tile_um,
        &bag.instances,
        &scores.attention,
        &scores.tile_probability,
    );
    let maker = Maker::of(&AnyTask::Service(Arc::clone(task)));
    let header = bag.header.clone();
    let prediction = Prediction {
        top_tiles,
        evidence: Some(evidence),
        ..without_evidence(maker, header, None, scores.clone(), abstention)
    };
    put_heatmaps(&deps.store, &prediction.name(), &bag, &given).await?;
    put_prediction(&deps.store, &prediction).await?;
    Ok(Made {
        prediction,
        seconds: Some(seconds),
        seen: Some(seen),
    })
}

const fn without_figures(layer: HeatmapLayer) -> LayerEvidence {
    LayerEvidence {
        layer,
        faithfulness: Faithfulness {
            deletion: None,
            insertion: None,
        },
    }
}
