use flow::{Progress, ProgressReport, Stage};

/// Counts tiles and passes the count on.
pub(super) struct TileCount<'a> {
    report: ProgressReport<'a>,
    done: u64,
    total: u64,
}

impl<'a> TileCount<'a> {
    pub(super) fn new(report: ProgressReport<'a>, total: u64) -> Self {
        Self {
            report,
            done: 0,
            total,
        }
    }

    pub(super) fn add(&mut self, n_tiles: usize) {
        self.done += n_tiles as u64;
        (self.report)(Progress {
            stage: Stage::Tile,
            done: self.done,
            total: self.total,
        });
    }
}
