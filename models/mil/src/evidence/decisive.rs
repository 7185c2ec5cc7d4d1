/// The instances that decide a call, by their place in the bag; see [`flow::DecisiveTiles`].
#[derive(Clone, Debug, PartialEq)]
pub enum Decisive {
    SmallestSet {
        /// Most important first.
        instances: Vec<usize>,
        /// Of the finding, from these alone.
        probability: f64,
    },
    NoSmallSet {
        most_tiles: u32,
    },
    MostSuspicious {
        instance: usize,
    },
}
