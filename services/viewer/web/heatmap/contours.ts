import type { Grid } from './grid';

/** A closed line around cells at or above a threshold, in micrometres; the region lies to its right. */
export interface Ring {
  /** x and y in turn. */
  places: Float32Array;
  /** Negative for a hole in a region. */
  area_um2: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Marching squares over the middles of the cells. The line runs where a value between two neighbours would
 * reach the threshold; beside a cell without a value it runs half way. Every line is closed.
 */
export function contours(grid: Grid, strength: (value: number) => number, threshold: number): Ring[] {
  const field = new Field(grid, strength, threshold);
  const next = field.links();
  const rings: Ring[] = [];
  for (let start = 0; start < next.length; start += 1) {
    if (next[start] === NONE) continue;
    const places: number[] = [];
    let edge = start;
    while (next[edge] !== NONE) {
      places.push(...field.crossing(edge));
      const following = next[edge]!;
      next[edge] = NONE;
      edge = following;
    }
    rings.push(ringOf(Float32Array.from(places)));
  }
  return rings;
}

const NONE = -1;

/** Which sides of a square its lines go from and to, by which of its corners are inside. */
const TOP = 0;
const RIGHT = 1;
const BOTTOM = 2;
const LEFT = 3;
/** Bits: top left 1, top right 2, bottom right 4, bottom left 8. The two saddles, 5 and 10, keep corners apart. */
const LINES: readonly (readonly (readonly [from: number, to: number])[])[] = [
  [],
  [[TOP, LEFT]],
  [[RIGHT, TOP]],
  [[RIGHT, LEFT]],
  [[BOTTOM, RIGHT]],
  [[TOP, LEFT], [BOTTOM, RIGHT]],
  [[BOTTOM, TOP]],
  [[BOTTOM, LEFT]],
  [[LEFT, BOTTOM]],
  [[TOP, BOTTOM]],
  [[RIGHT, TOP], [LEFT, BOTTOM]],
  [[RIGHT, BOTTOM]],
  [[LEFT, RIGHT]],
  [[TOP, RIGHT]],
  [[LEFT, TOP]],
  [],
];

/** The strengths with a border of nothing around them, so that no line ends at the edge. */
class Field {
  private readonly columns: number;
  private readonly rows: number;
  private readonly strengths: Float32Array;

  constructor(
    private readonly grid: Grid,
    strength: (value: number) => number,
    private readonly threshold: number,
  ) {
    this.columns = grid.columns + 2;
    this.rows = grid.rows + 2;
    this.strengths = new Float32Array(this.columns * this.rows).fill(Number.NaN);
    for (let row = 0; row < grid.rows; row += 1) {
      for (let column = 0; column < grid.columns; column += 1) {
        this.strengths[(row + 1) * this.columns + column + 1] = strength(grid.values[row * grid.columns + column]!);
      }
    }
  }

  /** From each crossed edge to the one its line goes on to; an edge is twice its first corner, plus one if upright. */
  links(): Int32Array {
    const next = new Int32Array(this.columns * this.rows * 2).fill(NONE);
    for (let row = 0; row < this.rows - 1; row += 1) {
      for (let column = 0; column < this.columns - 1; column += 1) {
        const corner = row * this.columns + column;
        for (const [from, to] of LINES[this.kind(corner)]!) next[this.edge(corner, from)] = this.edge(corner, to);
      }
    }
    return next;
  }

  /** Where the line crosses an edge, in micrometres. */
  crossing(edge: number): [number, number] {
    const corner = edge >> 1;
    const isUpright = (edge & 1) === 1;
    const [here, there] = [this.strengths[corner]!, this.strengths[corner + (isUpright ? this.columns : 1)]!];
    const share = Number.isNaN(here) || Number.isNaN(there) ? 0.5 : (this.threshold - here) / (there - here);
    const { cell_um } = this.grid;
    // The border is one cell wide, and a corner is the middle of its cell.
    const x = (corner % this.columns) - 0.5;
    const y = Math.floor(corner / this.columns) - 0.5;
    return isUpright ? [x * cell_um, (y + share) * cell_um] : [(x + share) * cell_um, y * cell_um];
  }

  private kind(corner: number): number {
    const { columns } = this;
    return (
      Number(this.isInside(corner)) +
      Number(this.isInside(corner + 1)) * 2 +
      Number(this.isInside(corner + columns + 1)) * 4 +
      Number(this.isInside(corner + columns)) * 8
    );
  }

  private isInside(corner: number): boolean {
    return this.strengths[corner]! >= this.threshold;
  }

  private edge(corner: number, side: number): number {
    if (side === TOP) return corner * 2;
    if (side === BOTTOM) return (corner + this.columns) * 2;
    return (side === LEFT ? corner : corner + 1) * 2 + 1;
  }
}

function ringOf(places: Float32Array): Ring {
  let [twice, left, top, right, bottom] = [0, Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < places.length; at += 2) {
    const [x, y] = [places[at]!, places[at + 1]!];
    const after = (at + 2) % places.length;
    twice += x * places[after + 1]! - places[after]! * y;
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  return { places, area_um2: twice / 2, x: left, y: top, width: right - left, height: bottom - top };
}
