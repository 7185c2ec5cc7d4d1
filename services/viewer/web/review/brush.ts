import type { Position } from '../api/case-shapes';

type Cell = readonly [column: number, row: number];

/** What a brush has covered, as cells of a square grid; it becomes polygons with holes. */
export class BrushMask {
  private readonly cells = new Map<string, Cell>();

  /** A cell is `side` pixels of level 0 wide. */
  constructor(private readonly side: number) {}

  get isEmpty(): boolean {
    return this.cells.size === 0;
  }

  /** Covers all cells whose middle lies within `radius` of a place, all in pixels of level 0. */
  cover([x, y]: Position, radius: number): void {
    const [column, row, reach] = [x / this.side, y / this.side, radius / this.side];
    for (let r = Math.floor(row - reach); r <= row + reach; r += 1) {
      for (let c = Math.floor(column - reach); c <= column + reach; c += 1) {
        if (Math.hypot(c + 0.5 - column, r + 0.5 - row) <= reach) this.cells.set(`${c},${r}`, [c, r]);
      }
    }
  }

  /** Covers the way from one place to the next. */
  stroke(from: Position, to: Position, radius: number): void {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / (radius / 2)));
    for (let step = 0; step <= steps; step += 1) {
      const share = step / steps;
      this.cover([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])], radius);
    }
  }

  /** Polygons, each with its outer ring first, then its holes; in pixels of level 0. */
  polygons(): Position[][][] {
    const rings = this.rings();
    const outer = rings.filter((ring) => signedArea(ring) > 0).map((ring) => [ring]);
    for (const hole of rings.filter((ring) => signedArea(ring) < 0)) {
      const around = outer.filter(([ring]) => contains(ring!, hole[0]!));
      around.sort(([a], [b]) => signedArea(a!) - signedArea(b!));
      around[0]?.push(hole);
    }
    return outer.map((polygon) => polygon.map((ring) => ring.map(([c, r]): Position => [c * this.side, r * this.side])));
  }

  /** Closed outlines, outer ones and holes turning opposite ways. */
  private rings(): Cell[][] {
    const edges = this.edges();
    const rings = [];
    for (const [start, ends] of edges) {
      while (ends.length > 0) rings.push(follow(edges, start, ends.pop()!));
    }
    return rings;
  }

  /** Every border between a covered cell and one that is not, with the covered one on its right. */
  private edges(): Map<string, Cell[]> {
    const edges = new Map<string, Cell[]>();
    const add = (from: Cell, to: Cell) => edges.set(`${from}`, [...(edges.get(`${from}`) ?? []), to]);
    const isFree = (column: number, row: number) => !this.cells.has(`${column},${row}`);
    for (const [c, r] of this.cells.values()) {
      if (isFree(c, r - 1)) add([c, r], [c + 1, r]);
      if (isFree(c + 1, r)) add([c + 1, r], [c + 1, r + 1]);
      if (isFree(c, r + 1)) add([c + 1, r + 1], [c, r + 1]);
      if (isFree(c - 1, r)) add([c, r + 1], [c, r]);
    }
    return edges;
  }
}

/** Goes from border to border until it is back, and leaves straight runs out. */
function follow(edges: Map<string, Cell[]>, start: string, first: Cell): Cell[] {
  const [column, row] = start.split(',').map(Number) as [number, number];
  const ring: Cell[] = [[column, row], first];
  while (`${ring.at(-1)}` !== start) ring.push(next(edges, ring.at(-2)!, ring.at(-1)!));
  const corners = ring.slice(0, -1).filter((at, n) => {
    const [before, after] = [ring[n === 0 ? ring.length - 2 : n - 1]!, ring[n + 1]!];
    return (at[0] - before[0]) * (after[1] - at[1]) !== (at[1] - before[1]) * (after[0] - at[0]);
  });
  return [...corners, corners[0]!];
}

/** Where two cells touch at a corner, turning right stays with the same cell. */
function next(edges: Map<string, Cell[]>, before: Cell, at: Cell): Cell {
  const ends = edges.get(`${at}`)!;
  const right: Cell = [at[0] - (at[1] - before[1]), at[1] + (at[0] - before[0])];
  const found = ends.findIndex((end) => `${end}` === `${right}`);
  return ends.splice(Math.max(0, found), 1)[0]!;
}

function signedArea(ring: readonly Cell[]): number {
  let sum = 0;
  for (let n = 1; n < ring.length; n += 1) sum += ring[n - 1]![0] * ring[n]![1] - ring[n]![0] * ring[n - 1]![1];
  return sum / 2;
}

function contains(ring: readonly Cell[], [x, y]: Cell): boolean {
  let isInside = false;
  for (let n = 1; n < ring.length; n += 1) {
    const [[x1, y1], [x2, y2]] = [ring[n - 1]!, ring[n]!];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
  }
  return isInside;
}
