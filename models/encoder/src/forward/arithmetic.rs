use std::fmt::Debug;
use std::ops::Range;

use kernels::{
    Element, Ending, LayerNorm, Linear, Machine, Operand, PackedMatrix, QuantisedMatrix,
    QuantisedRows, multiply, multiply_quantised,
};

/// How the layers of blocks multiply.
pub(crate) trait Arithmetic: Debug {
    /// What lies between layers, and what attention takes.
    type Value: Element;
    type Matrix: Debug + Send + Sync;
    /// Room for the left side of a product.
    type Room: Debug + Send;

    /// Rows that go through a layer together: few enough that what lies between two layers stays in
    /// the second-level cache, and a multiple of every tile's height.
    const ROWS: usize;

    fn matrix(machine: Machine, linear: Linear<'_>) -> Self::Matrix;

    /// A matrix whose halves can be multiplied with each other.
    fn halves(machine: Machine, linear: Linear<'_>) -> Self::Matrix;

    /// Room for rows of a `width` that were normalised, and for others of `most_columns`.
    fn room(machine: Machine, n_rows: usize, width: usize, most_columns: usize) -> Self::Room;

    fn multiply(
        from: (&Operand<Self::Value>, Range<usize>),
        room: &mut Self::Room,
        matrix: &Self::Matrix,
        ending: Ending<'_, Self::Value>,
    );

    /// Multiplies rows after a norm.
    fn multiply_normed(
        norm: &LayerNorm,
        from: (&Operand<f32>, Range<usize>),
        room: &mut Self::Room,
        matrix: &Self::Matrix,
        ending: Ending<'_, Self::Value>,
    );
}

/// Products of values as they are stored.
impl<E: Element> Arithmetic for E {
    type Value = E;
    type Matrix = PackedMatrix<E>;
    type Room = Operand<E>;

    const ROWS: usize = 168;

    fn matrix(machine: Machine, linear: Linear<'_>) -> PackedMatrix<E> {
        PackedMatrix::new(machine, linear)
    }

    fn halves(machine: Machine, linear: Linear<'_>) -> PackedMatrix<E> {
        PackedMatrix::halves(machine, linear)
    }

    fn room(_: Machine, n_rows: usize, width: usize, _: usize) -> Operand<E> {
        Operand::zeros(n_rows, width)
    }

    fn multiply(
        (from, rows): (&Operand<E>, Range<usize>),
        _: &mut Operand<E>,
        matrix: &PackedMatrix<E>,
        ending: Ending<'_, E>,
    ) {
        multiply(from, rows, matrix, ending);
    }

    fn multiply_normed(
        norm: &LayerNorm,
        (from, rows): (&Operand<f32>, Range<usize>),
        room: &mut Operand<E>,
        matrix: &PackedMatrix<E>,
        ending: Ending<'_, E>,
    ) {
        let n_rows = rows.len();
        norm.write(from, rows, room, 0);
        multiply(room, 0..n_rows, matrix, ending);
    }
}

/// Products of bytes, with all else in f32: norms, attention, activations and residuals.
#[derive(Debug)]
pub(crate) enum Int8 {}

impl Arithmetic for Int8 {
    type Value = f32;
    type Matrix = QuantisedMatrix;
    type Room = QuantisedRows;

    const ROWS: usize = 126;

    fn matrix(machine: Machine, linear: Linear<'_>) -> QuantisedMatrix {
        QuantisedMatrix::new(machine, linear)
    }

    fn halves(machine: Machine, linear: Linear<'_>) -> QuantisedMatrix {
        QuantisedMatrix::halves(machine, linear)
    }

    fn room(machine: Machine, n_rows: usize, width: usize, most_columns: usize) -> QuantisedRows {
        QuantisedRows::with_room(machine, n_rows, width.max(most_columns))
    }

    fn multiply(
        (from, rows): (&Operand<f32>, Range<usize>),
        room: &mut QuantisedRows,
        matrix: &QuantisedMatrix,
        ending: Ending<'_, f32>,
    ) {
        let n_rows = rows.len();
        room.write(from, rows);
        multiply_quantised(room, 0..n_rows, matrix, ending);
    }

    fn multiply_normed(
        norm: &LayerNorm,
        (from, rows): (&Operand<f32>, Range<usize>),
        room: &mut QuantisedRows,
        matrix: &QuantisedMatrix,
        ending: Ending<'_, f32>,
    ) {
        let n_rows = rows.len();
        norm.write_quantised(from, rows, room);
        multiply_quantised(room, 0..n_rows, matrix, ending);
    }
}
