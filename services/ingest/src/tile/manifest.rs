use catalog::SlideRow;
use flow::{
    IccProfile, LevelSummary, PixelSize, Sha256Digest, SlideManifest, SlideUids, TissueMask,
};
use pyramid::BuiltLevel;

use super::build::Built;

pub(super) fn manifest(row: &SlideRow, built: &Built, tissue: TissueMask) -> SlideManifest {
    let facts = &built.facts;
    let levels = &built.pyramid.levels;
    SlideManifest {
        slide: row.id,
        original: row.digest,
        pyramid: built.pyramid.hash,
        format: facts.format.clone(),
        scanner: facts.scanner.clone(),
        mpp: built.mpp,
        mpp_source: built.mpp_source,
        objective_power: facts.objective_power,
        size: facts.size,
        tile: levels
            .first()
            .map_or(PixelSize::new(0, 0), |level| level.grid.tile),
        levels: levels.iter().map(summary).collect(),
        associated: built
            .associated
            .iter()
            .map(|picture| picture.facts.clone())
            .collect(),
        deidentification: built.deidentification.clone(),
        icc: facts.icc.as_deref().map(|profile| IccProfile {
            sha256: Sha256Digest::of(profile),
            bytes: profile.len() as u64,
        }),
        tissue,
        uids: (built.uids != SlideUids::derived(&row.id)).then(|| built.uids.clone()),
    }
}

fn summary(level: &BuiltLevel) -> LevelSummary {
    LevelSummary {
        level: level.level,
        size: level.grid.level,
        mpp: level.mpp,
        n_frames: level.n_frames,
        origin: level.origin,
        bytes: level.bytes,
    }
}
