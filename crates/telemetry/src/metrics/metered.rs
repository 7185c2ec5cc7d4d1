use metrics::{counter, describe_counter};

const SLIDES: &str = "coverslip_metered_slides_total";
const TILES: &str = "coverslip_metered_tiles_total";

/// A slide that an encoder or a task did for the first time; `kind` is embedded, scored or shadow.
pub fn work_metered(kind: &'static str, name: &str, n_tiles: u64) {
    let labels = [("kind", kind.to_owned()), ("name", name.to_owned())];
    counter!(SLIDES, &labels).increment(1);
    counter!(TILES, &labels).increment(n_tiles);
}

pub(super) fn describe() {
    describe_counter!(
        SLIDES,
        "Slides that an encoder embedded, a task scored or a task in shadow scored, each once however often a \
         step was repeated, by encoder or task"
    );
    describe_counter!(TILES, "Tiles of these slides, by encoder or task");
}
