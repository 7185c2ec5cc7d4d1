use flow::{LevelNumber, PixelSize, TileGrid};
use slide::SourceLevel;

/// One level of the pyramid to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PlannedLevel {
    pub(super) level: LevelNumber,
    pub(super) grid: TileGrid,
    pub(super) source: LevelSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LevelSource {
    /// This level of the slide file.
    File(usize),
    /// The level above, at half its size.
    Halved,
}

/// Levels at every power of two until one tile holds the whole level. `source` starts with the
/// level of full resolution; none means nothing is planned.
pub(super) fn planned_levels(source: &[SourceLevel]) -> Vec<PlannedLevel> {
    let Some(full) = source.first() else {
        return Vec::new();
    };
    let mut planned = Vec::new();
    for number in 0..u32::BITS as u8 {
        let size = full.grid.level.downsampled(1 << number);
        let wanted = TileGrid::new(size, full.grid.tile);
        planned.push(planned_level(LevelNumber(number), wanted, source));
        if wanted.n_tiles() == 1 {
            break;
        }
    }
    planned
}

fn planned_level(level: LevelNumber, wanted: TileGrid, source: &[SourceLevel]) -> PlannedLevel {
    let found = source
        .iter()
        .position(|candidate| stands_in(&candidate.grid, &wanted));
    match found {
        Some(index) => PlannedLevel {
            level,
            grid: source[index].grid,
            source: LevelSource::File(index),
        },
        None => PlannedLevel {
            level,
            grid: wanted,
            source: LevelSource::Halved,
        },
    }
}

/// Whether the tiles of a level in the file lie where those of the wanted level would. Scanners
/// round sizes down where we round up, so one pixel of difference is the same level.
fn stands_in(candidate: &TileGrid, wanted: &TileGrid) -> bool {
    let PixelSize { width, height } = candidate.level;
    candidate.tile == wanted.tile
        && width.abs_diff(wanted.level.width) <= 1
        && height.abs_diff(wanted.level.height) <= 1
        && candidate.columns() == wanted.columns()
        && candidate.rows() == wanted.rows()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(width: u32, height: u32, tile: u32, downsample: f64) -> SourceLevel {
        SourceLevel {
            grid: TileGrid::new(PixelSize::new(width, height), PixelSize::new(tile, tile)),
            downsample,
        }
    }

    fn sources(levels: &[SourceLevel]) -> Vec<(u32, LevelSource)> {
        planned_levels(levels)
            .iter()
            .map(|planned| (planned.grid.level.width, planned.source))
            .collect()
    }

    #[test]
    fn missing_levels_are_halved_until_one_tile_is_left() {
        let aperio = [
            source(2220, 2967, 240, 1.0),
            source(555, 741, 240, 4.0),
            source(138, 185, 240, 16.0),
        ];
        let expected = [
            (2220, LevelSource::File(0)),
            (1110, LevelSource::Halved),
            (555, LevelSource::File(1)),
            (278, LevelSource::Halved),
            (138, LevelSource::File(2)),
        ];
        assert_eq!(sources(&aperio), expected);
    }

    #[test]
    fn a_level_on_another_grid_is_not_used() {
        let other_tile = [source(1024, 1024, 256, 1.0), source(512, 512, 512, 2.0)];
        // 513 pixels need three columns of tiles, 512 only two.
        let other_columns = [source(1025, 256, 256, 1.0), source(512, 128, 256, 2.0)];
        for levels in [other_tile, other_columns] {
            assert_eq!(sources(&levels)[1].1, LevelSource::Halved);
        }
    }

    #[test]
    fn a_slide_of_one_tile_has_one_level() {
        assert_eq!(sources(&[source(100, 256, 256, 1.0)]).len(), 1);
        assert!(planned_levels(&[]).is_empty());
    }
}
