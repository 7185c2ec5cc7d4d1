import { bytesOfBase64 } from '../api/base64';
import type { HeatmapFile } from '../api/shapes';

/** Values over the slide, one a square cell, row by row from the top left; NaN where there is none. */
export interface Grid {
  cell_um: number;
  columns: number;
  rows: number;
  values: Float32Array;
}

export interface Range {
  min: number;
  max: number;
}

/** Unpacks the values; refuses a file whose values do not fill its grid. */
export function readGrid(file: HeatmapFile): Grid {
  const bytes = bytesOfBase64(file.values);
  const n_cells = file.columns * file.rows;
  if (bytes.length !== n_cells * 4) throw new Error("the heatmap's values do not fill its grid");
  const view = new DataView(bytes.buffer);
  const values = Float32Array.from({ length: n_cells }, (_, cell) => view.getFloat32(cell * 4, true));
  return { cell_um: file.cell_um, columns: file.columns, rows: file.rows, values };
}

/** The value at a place in micrometres, `null` outside the grid and where there is none. */
export function valueAt(grid: Grid, x_um: number, y_um: number): number | null {
  const column = Math.floor(x_um / grid.cell_um);
  const row = Math.floor(y_um / grid.cell_um);
  if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return null;
  const value = grid.values[row * grid.columns + column]!;
  return Number.isNaN(value) ? null : value;
}

/** The values there are, smallest first. */
export function sortedValues(grid: Grid): Float32Array {
  return grid.values.filter((value) => !Number.isNaN(value)).sort();
}

/** How far the values there are lie from 0, nearest first. */
export function sortedMagnitudes(grid: Grid): Float32Array {
  return sortedValues(grid).map(Math.abs).sort();
}

/** The value below which `percent` of the values lie, mixing neighbours (type 7 quantile). */
export function percentile(sorted: Float32Array, percent: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (Math.min(100, Math.max(0, percent)) / 100) * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** Where a value lies in a range: 0 at its minimum, 1 at its maximum, cut off beyond. */
export function share(value: number, range: Range): number {
  if (range.max <= range.min) return value >= range.max ? 1 : 0;
  return Math.min(1, Math.max(0, (value - range.min) / (range.max - range.min)));
}
