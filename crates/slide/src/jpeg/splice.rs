use crate::jpeg::header::{EOI, SOI};
use crate::jpeg::{Colour, Headers, JpegProblem};

/// What goes before every tile of one TIFF directory, in place of the tile's own start marker:
/// start marker, a colour mark where one is needed, and the shared tables.
#[derive(Clone, Debug)]
pub(crate) struct Prefix {
    bytes: Vec<u8>,
    /// What the prefix alone has said, from which the header of each tile goes on.
    headers: Headers,
}

impl Prefix {
    /// `sample` has read the tables and one tile; `wanted` is what the container says the samples
    /// mean. The JPEG alone must say the same, since a browser never sees the container.
    ///
    /// RGB is always marked with an Adobe APP14 segment, transform 0, unless one is there: with
    /// component identifiers 1, 2, 3 every decoder takes an unmarked picture for YCbCr. YCbCr is
    /// marked (transform 1) only where the identifiers are unusual, since 'R', 'G', 'B' would be
    /// taken for RGB; the usual ones stay byte for byte as they were.
    pub(crate) fn new(
        tables: Option<&[u8]>,
        sample: &Headers,
        wanted: Colour,
    ) -> Result<Self, JpegProblem> {
        let mark = match wanted {
            _ if sample.states_colour() && sample.colour() == wanted => None,
            _ if sample.states_colour() => {
                return Err(JpegProblem::Unsuitable(
                    "its colour markers contradict the file's",
                ));
            }
            Colour::Grey => {
                return Err(JpegProblem::Unsuitable("it has more than one component"));
            }
            Colour::Rgb => Some(0),
            Colour::YCbCr if sample.has_usual_identifiers() => None,
            Colour::YCbCr => Some(1),
        };
        Self::with_mark(tables, mark)
    }

    /// Nothing but the start marker: the tiles are complete.
    pub(crate) fn empty() -> Self {
        Self {
            bytes: SOI.to_vec(),
            headers: Headers::default(),
        }
    }

    pub(crate) fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The length of a spliced frame whose tile has `tile` bytes.
    pub(crate) fn spliced_length(&self, tile: u32) -> u32 {
        (self.bytes.len() - SOI.len()) as u32 + tile
    }

    fn with_mark(tables: Option<&[u8]>, mark: Option<u8>) -> Result<Self, JpegProblem> {
        let mut prefix = Self::empty();
        if let Some(transform) = mark {
            prefix.bytes.extend_from_slice(&adobe_segment(transform));
            prefix.headers.set_adobe_transform(transform);
        }
        if let Some(tables) = tables {
            prefix.headers.read_tables(tables)?;
            let inner = &tables[SOI.len()..tables.len() - EOI.len()];
            prefix.bytes.extend_from_slice(inner);
        }
        Ok(prefix)
    }
}

/// Builds a complete JPEG: the prefix, then the tile from behind its start marker, bit for bit.
/// `read` fills the tile's `length` bytes.
pub(crate) fn splice<E>(
    prefix: &Prefix,
    length: usize,
    read: impl FnOnce(&mut [u8]) -> Result<(), E>,
    check: impl FnOnce(&[u8]) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    // The tile is read so that its start marker lies over the prefix's last two bytes, which are
    // put back afterwards: no byte is moved twice.
    let tile_at = prefix.bytes.len() - SOI.len();
    let mut frame = vec![0; tile_at + length];
    read(&mut frame[tile_at..])?;
    check(&frame[tile_at..])?;
    frame[..prefix.bytes.len()].copy_from_slice(&prefix.bytes);
    Ok(frame)
}

/// APP14 as Adobe defined it: version 100, flags as libjpeg writes them, and the transform.
fn adobe_segment(transform: u8) -> [u8; 16] {
    let mut segment = *b"\xff\xee\0\x0eAdobe\0\x64\x80\0\0\0\0";
    segment[15] = transform;
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tile_follows_the_prefix_without_its_start_marker() -> Result<(), JpegProblem> {
        let tables = [0xff, 0xd8, 0xff, 0xdb, 0, 3, 7, 0xff, 0xd9];
        let prefix = Prefix::with_mark(Some(&tables), Some(0))?;
        let tile = [0xff, 0xd8, 1, 2, 3];
        let frame = splice::<JpegProblem>(
            &prefix,
            tile.len(),
            |into| {
                into.copy_from_slice(&tile);
                Ok(())
            },
            |read| {
                assert_eq!(read, tile);
                Ok(())
            },
        )?;
        assert_eq!(frame.len() as u32, prefix.spliced_length(5));
        assert_eq!(frame[..2], SOI);
        assert_eq!(frame[2..18], adobe_segment(0));
        assert_eq!(frame[18..], [0xff, 0xdb, 0, 3, 7, 1, 2, 3]);
        Ok(())
    }

    #[test]
    fn a_complete_tile_stays_as_it_is() -> Result<(), JpegProblem> {
        let tile = [0xff, 0xd8, 9, 0xff, 0xd9];
        let frame = splice::<JpegProblem>(
            &Prefix::empty(),
            tile.len(),
            |into| {
                into.copy_from_slice(&tile);
                Ok(())
            },
            |_| Ok(()),
        )?;
        assert_eq!(frame, tile);
        Ok(())
    }
}
