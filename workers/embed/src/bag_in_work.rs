use std::collections::BTreeMap;

use flow::{BagChunkRef, INSTANCES_PER_CHUNK, Instance};

use crate::TileLayout;

/// The chunks of a bag, and which of them are known to be in storage.
pub(crate) struct BagInWork<'a> {
    wanted: Vec<WantedChunk<'a>>,
    stored: Vec<Option<BagChunkRef>>,
    /// Of the chunks that this worker embedded.
    blur_um: BTreeMap<u32, Vec<Option<f32>>>,
}

/// A chunk as the layout has it.
#[derive(Clone, Copy)]
pub(crate) struct WantedChunk<'a> {
    pub(crate) number: u32,
    pub(crate) instances: &'a [Instance],
}

impl<'a> BagInWork<'a> {
    pub(crate) fn of(layout: &'a TileLayout) -> Self {
        let chunks = (0..).zip(layout.instances.chunks(INSTANCES_PER_CHUNK));
        let wanted: Vec<_> = chunks
            .map(|(number, instances)| WantedChunk { number, instances })
            .collect();
        let stored = vec![None; wanted.len()];
        Self {
            wanted,
            stored,
            blur_um: BTreeMap::new(),
        }
    }

    pub(crate) fn wanted(&self, number: u32) -> WantedChunk<'a> {
        self.wanted[number as usize]
    }

    pub(crate) fn missing(&self) -> Vec<WantedChunk<'a>> {
        self.missing_of(&self.wanted)
    }

    /// Those of these chunks that are not known to be in storage.
    pub(crate) fn missing_among(&self, numbers: &[u32]) -> Vec<WantedChunk<'a>> {
        let wanted = numbers
            .iter()
            .filter_map(|&number| self.wanted.get(number as usize).copied());
        self.missing_of(&wanted.collect::<Vec<_>>())
    }

    pub(crate) fn has(&mut self, number: u32, chunk: BagChunkRef) {
        self.stored[number as usize] = Some(chunk);
    }

    /// What is known of the tiles of a chunk need not be read again.
    pub(crate) fn has_blur(&mut self, number: u32, blur_um: Vec<Option<f32>>) {
        self.blur_um.insert(number, blur_um);
    }

    pub(crate) fn wanted_all(&self) -> &[WantedChunk<'a>] {
        &self.wanted
    }

    /// `None` of a chunk that another run or worker embedded.
    pub(crate) fn blur(&self, number: u32) -> Option<&[Option<f32>]> {
        self.blur_um.get(&number).map(Vec::as_slice)
    }

    /// All chunks in order, if all are in storage.
    pub(crate) fn whole(&self) -> Option<Vec<BagChunkRef>> {
        self.stored.iter().cloned().collect()
    }

    pub(crate) fn n_tiles(&self) -> usize {
        n_tiles(&self.wanted)
    }

    pub(crate) fn n_tiles_there(&self) -> usize {
        self.n_tiles() - n_tiles(&self.missing())
    }

    fn missing_of(&self, chunks: &[WantedChunk<'a>]) -> Vec<WantedChunk<'a>> {
        let chunks = chunks.iter().copied();
        chunks
            .filter(|chunk| self.stored[chunk.number as usize].is_none())
            .collect()
    }
}

pub(crate) fn n_tiles(chunks: &[WantedChunk<'_>]) -> usize {
    chunks.iter().map(|chunk| chunk.instances.len()).sum()
}
