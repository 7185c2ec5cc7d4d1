import { bytesOfBase64 } from '../api/base64';
import type { HeatmapFile, MicrometreRect } from '../api/shapes';
import { say } from '../words/say';

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
  if (bytes.length !== n_cells * 4) throw new Error(say('the heatmap\'s values do not fill its grid'));
  const view = new DataView(bytes.buffer);
  const values = Float32Array.from({ length: n_cells }, (_, cell) => view.getFloat32(cell * 4, true));
  return { cell_um: file.cell_um, columns: file.columns, rows: file.rows, values };
}

/** The cell at a place, on the glass. */
export function cellAt({ cell_um }: Grid, x_um: number, y_um: number): MicrometreRect {
  const start = (um: number) => Math.floor(um / cell_um) * cell_um;
  return { x: start(x_um), y: start(y_um), width: cell_um, height: cell_um };
}

/** The value at a place in micrometres, `null` outside the grid and where there is none. */
export function valueAt(grid: Grid, x_um: number, y_um: number): number | null {
  const column = Math.floor(x_um / grid.cell_um);
  const row = Math.floor(y_um / grid.cell_um);
  if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return null;
  const value = grid.values[row * grid.columns + column]!;
  return Number.isNaN(value) ? null : value;
}

/** The values there are, smallest first; sorted once. */
export const sortedValues = oncePerGrid((grid) => grid.values.filter((value) => !Number.isNaN(value)).sort());

/** How far the values there are lie from 0, nearest first. */
export const sortedMagnitudes = oncePerGrid((grid) => sortedValues(grid).map(Math.abs).sort());

/** Half a million values take too long to sort at every turn of a slider. */
function oncePerGrid(sort: (grid: Grid) => Float32Array): (grid: Grid) => Float32Array {
  const kept = new WeakMap<Grid, Float32Array>();
  return (grid) => {
    const sorted = kept.get(grid) ?? sort(grid);
    kept.set(grid, sorted);
    return sorted;
  };
}

/** The share of values that are lower than this one, from 0 to 1. */
export function shareBelow(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted.length === 0 ? 0 : low / sorted.length;
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
