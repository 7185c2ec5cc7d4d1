//! What a transformer computes, for this processor's widest instructions: products with packed
//! weights, attention and layer norms, each written once for all instruction sets.
//!
//! A [`Machine`] is an instruction set that this processor has. Activations are [`Operand`]s,
//! weights a [`PackedMatrix`]. Both are generic over the [`Element`]: f32, or bf16 rounded to
//! nearest even and summed in f32. [`QuantisedRows`] and a [`QuantisedMatrix`] are the same in bytes.
//! Everything runs on the thread that calls it.

mod aligned;
mod attention;
mod ending;
mod instruction_set;
mod layer_norm;
mod machine;
mod math;
mod multiply;
mod operand;
mod packed_matrix;
mod panels;
mod peak;
mod quantised_matrix;
mod quantised_rows;

pub use attention::{Attention, AttentionShape};
pub use ending::{Activation, Ending};
pub use half::bf16;
pub use instruction_set::{InstructionSet, KernelsError};
pub use layer_norm::LayerNorm;
pub use machine::{Element, Machine};
pub use multiply::{multiply, multiply_quantised};
pub use operand::Operand;
pub use packed_matrix::{Linear, PackedMatrix};
pub use peak::{peak_byte_ops, peak_flops};
pub use quantised_matrix::QuantisedMatrix;
pub use quantised_rows::QuantisedRows;
