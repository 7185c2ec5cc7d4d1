use std::ops::Range;

/// Where the values of a tensor lie in its storage, counted in values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    shape: Vec<usize>,
    strides: Vec<usize>,
    offset: usize,
    n_values: usize,
    /// From the first value to behind the last one.
    span: Range<usize>,
}

impl Layout {
    /// `None` where strides do not match the shape or a count overflows.
    pub(crate) fn new(shape: Vec<usize>, strides: Vec<usize>, offset: usize) -> Option<Self> {
        if shape.len() != strides.len() {
            return None;
        }
        let n_values = product(&shape)?;
        let mut last = offset;
        for (&side, &stride) in shape.iter().zip(&strides) {
            last = last.checked_add(side.saturating_sub(1).checked_mul(stride)?)?;
        }
        let span = if n_values == 0 {
            offset..offset
        } else {
            offset..last.checked_add(1)?
        };
        Some(Self {
            shape,
            strides,
            offset,
            n_values,
            span,
        })
    }

    /// Row-major from the first value on; `None` where a count overflows.
    pub(crate) fn contiguous(shape: Vec<usize>) -> Option<Self> {
        let strides = row_major(&shape)?;
        Self::new(shape, strides, 0)
    }

    /// Part of the slowest dimension; `None` where there is none or it is shorter.
    pub(crate) fn rows(&self, rows: Range<usize>) -> Option<Self> {
        let n_rows = *self.shape.first()?;
        if rows.start > rows.end || rows.end > n_rows {
            return None;
        }
        let mut shape = self.shape.clone();
        shape[0] = rows.len();
        let offset = self
            .strides
            .first()?
            .checked_mul(rows.start)?
            .checked_add(self.offset)?;
        Self::new(shape, self.strides.clone(), offset)
    }

    /// Rows and columns exchanged; `None` for what is no matrix.
    pub(crate) fn transposed(&self) -> Option<Self> {
        let ([rows, columns], [row_stride, column_stride]) =
            (self.shape.as_slice(), self.strides.as_slice())
        else {
            return None;
        };
        let (shape, strides) = (vec![*columns, *rows], vec![*column_stride, *row_stride]);
        Self::new(shape, strides, self.offset)
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub(crate) fn n_values(&self) -> usize {
        self.n_values
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The values in row-major order, from those of the span.
    pub(crate) fn gather(&self, span: Vec<f32>) -> Vec<f32> {
        if row_major(&self.shape).as_ref() == Some(&self.strides) {
            return span;
        }
        let mut gathered = Vec::with_capacity(self.n_values);
        let mut index = vec![0; self.shape.len()];
        for _ in 0..self.n_values {
            let steps = index.iter().zip(&self.strides);
            let at: usize = steps
                .map(|(&step, &stride): (&usize, _)| step * stride)
                .sum();
            gathered.extend(span.get(at));
            self.advance(&mut index);
        }
        gathered
    }

    /// Counts the index up by one value, last dimension fastest.
    fn advance(&self, index: &mut [usize]) {
        for (step, &side) in index.iter_mut().zip(&self.shape).rev() {
            *step += 1;
            if *step < side {
                return;
            }
            *step = 0;
        }
    }
}

fn product(shape: &[usize]) -> Option<usize> {
    let mut n_values: usize = 1;
    for &side in shape {
        n_values = n_values.checked_mul(side)?;
    }
    Some(n_values)
}

fn row_major(shape: &[usize]) -> Option<Vec<usize>> {
    let mut strides = vec![0; shape.len()];
    let mut stride: usize = 1;
    for (place, &side) in strides.iter_mut().zip(shape).rev() {
        *place = stride;
        stride = stride.checked_mul(side.max(1))?;
    }
    Some(strides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_transposed_and_repeated_values() -> Result<(), Box<dyn std::error::Error>> {
        let values = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let transposed = Layout::new(vec![3, 2], vec![1, 3], 0).ok_or("fits")?;
        assert_eq!(transposed.gather(values), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let repeated = Layout::new(vec![2, 2], vec![0, 1], 4).ok_or("fits")?;
        assert_eq!(repeated.span(), 4..6);
        assert_eq!(repeated.gather(vec![5.0, 6.0]), [5.0, 6.0, 5.0, 6.0]);
        Ok(())
    }

    #[test]
    fn empty_and_scalar_tensors_have_a_span() -> Result<(), Box<dyn std::error::Error>> {
        let empty = Layout::contiguous(vec![0, 7]).ok_or("fits")?;
        assert_eq!((empty.n_values(), empty.span()), (0, 0..0));
        let scalar = Layout::contiguous(Vec::new()).ok_or("fits")?;
        assert_eq!((scalar.n_values(), scalar.span()), (1, 0..1));
        Ok(())
    }

    #[test]
    fn rows_lie_where_the_whole_has_them() -> Result<(), Box<dyn std::error::Error>> {
        let transposed = Layout::new(vec![3, 2], vec![1, 3], 4).ok_or("fits")?;
        let last = transposed.rows(2..3).ok_or("fits")?;
        assert_eq!((last.shape(), last.span()), (&[1, 2][..], 6..10));
        assert_eq!(transposed.rows(2..4), None);
        assert_eq!(transposed.rows(3..3).map(|none| none.n_values()), Some(0));
        let scalar = Layout::contiguous(Vec::new()).ok_or("fits")?;
        assert_eq!(scalar.rows(0..0), None);
        Ok(())
    }

    #[test]
    fn counts_that_overflow_are_refused() {
        assert_eq!(Layout::contiguous(vec![usize::MAX, 2]), None);
        assert_eq!(Layout::new(vec![3], vec![usize::MAX], 0), None);
        assert_eq!(Layout::new(vec![2], vec![1, 1], 0), None);
    }
}
