use std::collections::BTreeMap;

use flow::TileIndex;

/// A tile and the eight that touch it.
pub(super) const MOST_IN_NEIGHBOURHOOD: usize = 9;

/// The tiles of a bag in squares of the slide's grid, which are left out whole.
#[derive(Debug)]
pub(super) struct Blocks {
    /// The instances of every square that has any.
    members: BTreeMap<TileIndex, Vec<usize>>,
}

impl Blocks {
    /// The smallest squares, at best single tiles, of which there are at most `most`.
    pub(super) fn at_most(most: usize, cells: &[TileIndex]) -> Self {
        let mut side = 1;
        let mut blocks = Self::of_side(side, cells);
        while blocks.members.len() > most.max(1) {
            side *= 2;
            blocks = Self::of_side(side, cells);
        }
        blocks
    }

    fn of_side(side: u32, cells: &[TileIndex]) -> Self {
        let mut members: BTreeMap<TileIndex, Vec<usize>> = BTreeMap::new();
        for (instance, cell) in cells.iter().enumerate() {
            let (column, row) = (cell.column / side, cell.row / side);
            let block = TileIndex { column, row };
            members.entry(block).or_default().push(instance);
        }
        Self { members }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (TileIndex, &[usize])> {
        let members = self.members.iter();
        members.map(|(&block, members)| (block, members.as_slice()))
    }

    /// The instances of a block and of those that touch it.
    pub(super) fn around(&self, TileIndex { column, row }: TileIndex) -> Vec<usize> {
        let rows = row.saturating_sub(1)..=row + 1;
        let touching = rows.flat_map(|row| {
            let columns = column.saturating_sub(1)..=column + 1;
            columns.map(move |column| TileIndex { column, row })
        });
        let members = touching.filter_map(|block| self.members.get(&block));
        members.flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: u32) -> Vec<TileIndex> {
        let rows = (0..side).flat_map(|row| (0..side).map(move |column| TileIndex { column, row }));
        rows.collect()
    }

    #[test]
    fn single_tiles_where_they_are_not_too_many() {
        let blocks = Blocks::at_most(16, &square(4));
        assert_eq!(blocks.iter().count(), 16);
        let mut corner = blocks.around(TileIndex { column: 0, row: 0 });
        corner.sort_unstable();
        assert_eq!(corner, [0, 1, 4, 5]);
        let middle = blocks.around(TileIndex { column: 1, row: 1 });
        assert_eq!(middle.len(), MOST_IN_NEIGHBOURHOOD);
    }

    #[test]
    fn larger_squares_hold_each_tile_once() {
        let blocks = Blocks::at_most(5, &square(4));
        assert_eq!(blocks.iter().count(), 4);
        let mut all: Vec<usize> = blocks
            .iter()
            .flat_map(|(_, members)| members)
            .copied()
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..16).collect::<Vec<_>>());
        let first = blocks.iter().next().map(|(_, members)| members.to_vec());
        assert_eq!(first, Some(vec![0, 1, 4, 5]));
    }
}
