import { bytesOfBase64 } from '../api/base64';
import type { TissueMask } from '../api/shapes';
import { say } from '../words/say';
import type { Frame } from './frame';
import type { Overlay } from './overlays';

/** One straight piece of an outline, in cells. */
export type Edge = readonly [x1: number, y1: number, x2: number, y2: number];

/** Which cells hold tissue. */
export class Tissue {
  readonly cell_um: number;
  readonly columns: number;
  readonly rows: number;
  private readonly packed: Uint8Array;

  constructor(mask: TissueMask) {
    this.packed = bytesOfBase64(mask.cells);
    this.cell_um = mask.cell_um;
    this.columns = mask.columns;
    this.rows = mask.rows;
    if (this.packed.length < Math.ceil((mask.columns * mask.rows) / 8)) {
      throw new Error(say('the tissue mask\'s cells do not fill its grid'));
    }
  }

  holds(column: number, row: number): boolean {
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return false;
    const cell = row * this.columns + column;
    return ((this.packed[cell >> 3]! >> (cell & 7)) & 1) === 1;
  }

  areaMm2(): number {
    let cells = 0;
    for (let row = 0; row < this.rows; row += 1) {
      for (let column = 0; column < this.columns; column += 1) cells += Number(this.holds(column, row));
    }
    return (cells * this.cell_um ** 2) / 1e6;
  }

  /** The middle of all tissue, in micrometres; `null` where there is none. */
  middle_um(): [number, number] | null {
    let [cells, x, y] = [0, 0, 0];
    for (let row = 0; row < this.rows; row += 1) {
      for (let column = 0; column < this.columns; column += 1) {
        if (!this.holds(column, row)) continue;
        cells += 1;
        x += column + 0.5;
        y += row + 0.5;
      }
    }
    return cells === 0 ? null : [(x / cells) * this.cell_um, (y / cells) * this.cell_um];
  }

  /** The border between tissue and the rest, straight runs joined. */
  outline(): Edge[] {
    const across = runs(this.rows + 1, this.columns, (y, x) => this.holds(x, y - 1) !== this.holds(x, y));
    const down = runs(this.columns + 1, this.rows, (x, y) => this.holds(x - 1, y) !== this.holds(x, y));
    return [
      ...across.map(([y, from, to]): Edge => [from, y, to, y]),
      ...down.map(([x, from, to]): Edge => [x, from, x, to]),
    ];
  }
}

/** Joins neighbouring border pieces on each line: line, first position, end position. */
function runs(
  n_lines: number,
  length: number,
  isBorder: (line: number, position: number) => boolean,
): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (let line = 0; line < n_lines; line += 1) {
    let start = -1;
    for (let position = 0; position <= length; position += 1) {
      const border = position < length && isBorder(line, position);
      if (border && start < 0) start = position;
      if (!border && start >= 0) {
        found.push([line, start, position]);
        start = -1;
      }
    }
  }
  return found;
}

/** Draws the outline of the tissue over the slide. */
export class TissueOverlay implements Overlay {
  visible = false;
  private readonly path: Path2D;

  constructor(tissue: Tissue) {
    this.path = outlinePath(tissue, tissue.cell_um, tissue.cell_um);
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    if (!this.visible) return;
    frame.drawInMicrometres(context, 0, 0);
    strokeOutline(context, this.path, frame.view.um_per_px);
  }
}

/** Draws the outline over a picture of the whole slide that fills the canvas. */
export function drawOutline(context: CanvasRenderingContext2D, tissue: Tissue, cell_px: readonly [number, number]): void {
  strokeOutline(context, outlinePath(tissue, ...cell_px), 1);
}

function outlinePath(tissue: Tissue, width: number, height: number): Path2D {
  const path = new Path2D();
  for (const [x1, y1, x2, y2] of tissue.outline()) {
    path.moveTo(x1 * width, y1 * height);
    path.lineTo(x2 * width, y2 * height);
  }
  return path;
}

/** Light on dark, so that it shows on stained tissue, on glass and on black. */
function strokeOutline(context: CanvasRenderingContext2D, path: Path2D, pixel: number): void {
  context.lineCap = 'square';
  context.strokeStyle = 'rgb(0 0 0 / 55%)';
  context.lineWidth = 3 * pixel;
  context.stroke(path);
  context.strokeStyle = '#3fe0c5';
  context.lineWidth = 1.25 * pixel;
  context.stroke(path);
}
