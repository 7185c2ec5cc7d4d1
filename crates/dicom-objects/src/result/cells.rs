use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use flow::{Heatmap, PixelSize, SlideId, TileGrid, TileIndex};

use crate::tiled::{PLACE, tiled_sparse};
use crate::{DataSet, decimal, on_the_slide, pixel_measures};

const FRAME_SIDE: u32 = 256;
/// So that a frame of single bits ends with a byte.
const WHOLE_BYTES: u32 = 8;

/// A heatmap as an image: one pixel a cell, in frames that a viewer can fetch alone.
pub(super) struct CellGrid<'a> {
    heatmap: &'a Heatmap,
    pub(super) grid: TileGrid,
}

/// A heatmap drawn, one pixel a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellPicture {
    pub size: PixelSize,
    /// RGB, row by row.
    pub pixels: Vec<u8>,
}

impl<'a> CellGrid<'a> {
    pub(super) fn of(heatmap: &'a Heatmap) -> Self {
        let size = PixelSize::new(heatmap.columns, heatmap.rows);
        let width = size.width.clamp(1, FRAME_SIDE);
        let frame = PixelSize::new(
            width.next_multiple_of(WHOLE_BYTES),
            size.height.clamp(1, FRAME_SIDE),
        );
        Self {
            heatmap,
            grid: TileGrid::new(size, frame),
        }
    }

    /// Frame by frame, each row by row; `None` outside the grid as where there is no tile.
    pub(super) fn values(&self) -> impl Iterator<Item = Option<f32>> {
        let PixelSize { width, height } = self.grid.tile;
        self.grid.tiles().flat_map(move |tile| {
            let (left, top) = (tile.column * width, tile.row * height);
            let rows = top..top + height;
            rows.flat_map(move |row| {
                (left..left + width).map(move |column| self.heatmap.value(column, row))
            })
        })
    }

    /// The cells alone, row by row.
    pub(super) fn picture(&self, colour: impl Fn(Option<f32>) -> [u8; 3]) -> CellPicture {
        let size = self.grid.level;
        let cells =
            (0..size.height).flat_map(|row| (0..size.width).map(move |column| (column, row)));
        CellPicture {
            size,
            pixels: cells
                .flat_map(|(column, row)| colour(self.heatmap.value(column, row)))
                .collect(),
        }
    }

    /// Image pixel and total pixel matrix, without what depends on how many bits a value has.
    pub(super) fn data_set(&self) -> DataSet {
        let TileGrid { level, tile } = self.grid;
        on_the_slide(level.width, level.height)
            .text(
                tags::NUMBER_OF_FRAMES,
                VR::IS,
                &self.grid.n_tiles().to_string(),
            )
            .value(tags::SAMPLES_PER_PIXEL, VR::US, 1_u16)
            .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2")
            .value(tags::ROWS, VR::US, tile.height as u16)
            .value(tags::COLUMNS, VR::US, tile.width as u16)
            .value(tags::PIXEL_REPRESENTATION, VR::US, 0_u16)
            .text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO")
            .text(tags::RECOGNIZABLE_VISUAL_FEATURES, VR::CS, "NO")
    }

    /// Where each frame lies. `before` is what tells frames apart beside their place: the attribute
    /// and its functional group, and there is one value of it.
    pub(super) fn places(&self, slide: &SlideId, before: &[[Tag; 2]]) -> DataSet {
        let dimensions = [before, &PLACE].concat();
        let frames = self.grid.tiles().map(|tile| {
            let index = before.iter().map(|_one_value| 1);
            let index = index.chain([tile.row + 1, tile.column + 1]);
            let content = DataSet::new().value(
                tags::DIMENSION_INDEX_VALUES,
                VR::UL,
                PrimitiveValue::U32(index.collect()),
            );
            DataSet::new()
                .sequence(tags::FRAME_CONTENT_SEQUENCE, [content])
                .sequence(tags::PLANE_POSITION_SLIDE_SEQUENCE, [self.place(tile)])
                .unknown(&[(tags::DERIVATION_IMAGE_SEQUENCE, VR::SQ)])
        });
        let frames: Vec<_> = frames.collect();
        tiled_sparse(slide, &dimensions)
            .sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames)
    }

    /// Of a frame's first cell. By the slide's orientation both axes fall along rows and columns.
    fn place(&self, tile: TileIndex) -> DataSet {
        let (column, row) = (
            tile.column * self.grid.tile.width,
            tile.row * self.grid.tile.height,
        );
        let offset = |cells: u32| decimal(0.0 - f64::from(cells) * self.heatmap.cell_um / 1000.0);
        DataSet::new()
            .text(
                tags::X_OFFSET_IN_SLIDE_COORDINATE_SYSTEM,
                VR::DS,
                &offset(row),
            )
            .text(
                tags::Y_OFFSET_IN_SLIDE_COORDINATE_SYSTEM,
                VR::DS,
                &offset(column),
            )
            .text(tags::Z_OFFSET_IN_SLIDE_COORDINATE_SYSTEM, VR::DS, "0")
            .value(
                tags::COLUMN_POSITION_IN_TOTAL_IMAGE_PIXEL_MATRIX,
                VR::SL,
                column as i32 + 1,
            )
            .value(
                tags::ROW_POSITION_IN_TOTAL_IMAGE_PIXEL_MATRIX,
                VR::SL,
                row as i32 + 1,
            )
    }

    /// How large a cell is on the glass.
    pub(super) fn measures(&self) -> DataSet {
        pixel_measures(self.heatmap.cell_um)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_one_another_and_are_filled_up() {
        let (columns, rows) = (300, 2);
        let heatmap = Heatmap {
            cell_um: 112.0,
            columns,
            rows,
            values: (0..columns * rows).map(|n| n as f32).collect(),
        };
        let cells = CellGrid::of(&heatmap);
        assert_eq!(cells.grid.tile, PixelSize::new(256, 2));
        let values: Vec<_> = cells.values().collect();
        assert_eq!(values.len(), 2 * 256 * 2);
        assert_eq!((values[0], values[256]), (Some(0.0), Some(300.0)));
        assert_eq!((values[512], values[512 + 44]), (Some(256.0), None));
        let picture =
            cells.picture(|value| [value.map_or(0, |value| (value as u32 % 256) as u8), 0, 0]);
        assert_eq!(picture.pixels.len(), 3 * 600);
        assert_eq!(picture.pixels[3 * 301], (301_u32 % 256) as u8);
    }

    #[test]
    fn a_frame_of_bits_ends_with_a_byte() {
        let heatmap = Heatmap {
            cell_um: 1.0,
            columns: 5,
            rows: 3,
            values: vec![0.0; 15],
        };
        assert_eq!(CellGrid::of(&heatmap).grid.tile, PixelSize::new(8, 3));
    }
}
