//! What is not safe Rust: vector instructions, and the one loop that walks pointers.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod detect;
mod dispatch;
mod element;
mod portable;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod self_test;
mod simd;
mod tile;
#[cfg(target_arch = "x86_64")]
mod transpose;

pub use dispatch::Machine;
pub(crate) use dispatch::Work;
pub use element::Element;
pub(crate) use element::{Bytes, Word};
pub(crate) use simd::Simd;
pub(crate) use tile::{Panel, WordRows, tile, transposed};
