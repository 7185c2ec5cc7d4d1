//! A pickle is a program for a small stack machine that can call anything in Python. This is that
//! machine without the calls: it follows the instructions that plain values need, and knows tensors
//! by the names PyTorch gives them (`crate::torch::global`). Whatever it is fed, it takes memory
//! and time in proportion to the pickle's length and to [`MAX_STEPS`].

mod calls;
mod containers;
mod heap;
mod literals;
mod machine;
mod memo;
mod reader;
mod value;

pub(crate) use heap::{Heap, Object, ObjectId};
pub(crate) use machine::{Pickled, run};
pub(crate) use value::Value;

/// Longest pickle that is followed, in bytes. That of a large model has some 100 kB.
pub(crate) const MAX_BYTES: u64 = 16 << 20;

/// Most instructions of one pickle; a tensor needs about 35. Each pushes at most one value, makes
/// at most one object and remembers at most one value, so this bounds them all.
const MAX_STEPS: usize = 1 << 20;
