use std::collections::BTreeSet;

use crate::study::Instance;

/// Everything that a study shows to whoever searches.
pub(super) struct Contents(pub(super) Vec<Instance>);

impl Contents {
    /// In the order of the alphabet.
    pub(super) fn modalities(&self) -> BTreeSet<&'static str> {
        self.0.iter().map(Instance::modality).collect()
    }

    pub(super) fn n_instances(&self) -> usize {
        self.0.len()
    }

    pub(super) fn n_series(&self) -> usize {
        let series = self
            .0
            .iter()
            .map(|instance| instance.series_uid().to_string());
        series.collect::<BTreeSet<_>>().len()
    }

    /// Instances in the series that this one is in.
    pub(super) fn n_beside(&self, instance: &Instance) -> usize {
        let series = instance.series_uid();
        let others = self.0.iter().filter(|other| other.series_uid() == series);
        others.count()
    }

    /// Levels from the coarsest on, whose headers are the shortest; then what tells of results.
    pub(super) fn cheapest_first(&self) -> impl Iterator<Item = &Instance> {
        let is_level = |instance: &&Instance| matches!(instance, Instance::Level(_));
        let levels = self.0.iter().rev().filter(is_level);
        levels.chain(self.0.iter().filter(move |instance| !is_level(instance)))
    }
}
