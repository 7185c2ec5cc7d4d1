use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use flow::{
    CovariateRevision, Evidence, GivenCovariates, HeatmapLayer, Prediction, SlideId, Stage,
    StageTiming,
};
use mil::{AnyTask, Task};
use store::Bag;
use tokio::task::spawn_blocking;

use crate::MilDeps;
use crate::answer::{Maker, without_evidence};
use crate::evidence::{evidence, top_tiles};
use crate::facts::{slide_facts, slide_manifest};
use crate::flags::Flags;
use crate::made::Made;
use crate::observation::Seen;
use crate::result_objects::{put_heatmaps, put_prediction, result_name, weights};
use crate::scored::Scored;

/// Scores the slide's bag by a task whose heads are here, and stores the result.
pub(crate) async fn score_here(
    deps: &MilDeps,
    slide: SlideId,
    task: &Arc<Task>,
    known: &GivenCovariates,
) -> Result<Made> {
    let began = Instant::now();
    let bag = Bag::read(&deps.store, slide, task.encoder_hash())
        .await
        .context("cannot read the slide's bag")?;
    let manifest = slide_manifest(&deps.store, slide).await?;
    let scanner = manifest.scanner.clone();
    let plan = task.file().covariates.as_ref();
    let facts = slide_facts(manifest, &bag.header, plan, &known.values);
    let flags = Flags::read(&deps.store, &bag).await?;
    let scoring = Arc::clone(task);
    let scored = spawn_blocking(move || Scored::of(&scoring, bag, &facts, flags.as_ref()));
    let scored = scored.await??;
    let name = result_name(&AnyTask::Heads(Arc::clone(task)), known.revision);
    let attention = weights(&scored.scores.attention);
    let layers = HeatmapLayer::ALL.map(|layer| (layer, scored.layer(layer, &attention)));
    put_heatmaps(&deps.store, &name, &scored.bag, &layers).await?;
    let evidence_s = scored.evidence_s;
    let sketch = scored.sketch;
    let prediction = prediction(name.covariates, scored);
    put_prediction(&deps.store, &prediction).await?;
    let all_s = began.elapsed().as_secs_f64();
    for (stage, wall_s) in [
        (Stage::Score, all_s - evidence_s),
        (Stage::Evidence, evidence_s),
    ] {
        let timing = StageTiming::of_wall(stage, wall_s);
        step::record_timing(&deps.catalog, slide, timing).await?;
    }
    Ok(Made {
        prediction,
        seconds: Some(all_s),
        seen: Some(Seen { scanner, sketch }),
    })
}

fn prediction(covariates: Option<CovariateRevision>, scored: Scored) -> Prediction {
    let Scored {
        task,
        bag,
        scores,
        abstention,
        explanation,
        without_flagged,
        ..
    } = scored;
    let top_tiles = top_tiles(
        bag.header.tile_um,
        &bag.instances,
        &scores.attention,
        &scores.tile_probability,
    );
    let evidence = Evidence {
        without_flagged,
        ..evidence(&bag, &scores, explanation)
    };
    let maker = Maker::of(&task.into());
    Prediction {
        top_tiles,
        evidence: Some(evidence),
        ..without_evidence(maker, bag.header, covariates, scores, abstention)
    }
}
