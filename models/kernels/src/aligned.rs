use bytemuck::{Pod, Zeroable};

/// A cache line.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; LINE_BYTES]);

pub(crate) const LINE_BYTES: usize = 64;

/// Values that begin on a cache line, all zero at first.
#[derive(Clone, Debug)]
pub(crate) struct Aligned<E> {
    lines: Vec<Line>,
    len: usize,
    of: std::marker::PhantomData<E>,
}

impl<E: Pod> Aligned<E> {
    pub(crate) fn zeros(len: usize) -> Self {
        let n_lines = (len * size_of::<E>()).div_ceil(LINE_BYTES);
        Self {
            lines: vec![Line::zeroed(); n_lines],
            len,
            of: std::marker::PhantomData,
        }
    }

    pub(crate) fn values(&self) -> &[E] {
        &bytemuck::cast_slice(&self.lines)[..self.len]
    }

    pub(crate) fn values_mut(&mut self) -> &mut [E] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.len]
    }

    /// All lines as words of 4 bytes, whatever they hold.
    pub(crate) fn words(&self) -> &[f32] {
        bytemuck::cast_slice(&self.lines)
    }
}
