import type { MicrometreRect, Size } from '../api/shapes';
import type { View } from '../route';

/**
 * The window onto the glass: turns micrometres into pixels of the window and back.
 *
 * Computed in double precision from the view itself, so that overlays sit on the pixels they belong
 * to at any zoom.
 */
export class Frame {
  private readonly cos: number;
  private readonly sin: number;

  /** `window` in CSS pixels; `density` is how many screen pixels one of those has. */
  constructor(
    readonly view: View,
    readonly window: Size,
    readonly density: number,
  ) {
    const radians = (view.degrees * Math.PI) / 180;
    this.cos = Math.cos(radians);
    this.sin = Math.sin(radians);
  }

  toWindow(x_um: number, y_um: number): [number, number] {
    const x = (x_um - this.view.x_um) / this.view.um_per_px;
    const y = (y_um - this.view.y_um) / this.view.um_per_px;
    return [
      this.cos * x - this.sin * y + this.window.width / 2,
      this.sin * x + this.cos * y + this.window.height / 2,
    ];
  }

  toGlass(x_px: number, y_px: number): [number, number] {
    const x = (x_px - this.window.width / 2) * this.view.um_per_px;
    const y = (y_px - this.window.height / 2) * this.view.um_per_px;
    return [this.cos * x + this.sin * y + this.view.x_um, this.cos * y - this.sin * x + this.view.y_um];
  }

  /** The upright rectangle of glass that holds all that the window shows. */
  visible(): MicrometreRect {
    const { width, height } = this.window;
    const corners = [this.toGlass(0, 0), this.toGlass(width, 0), this.toGlass(0, height), this.toGlass(width, height)];
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  }

  /**
   * Makes one unit of drawing one micrometre, with (0, 0) at the given place. Canvases compute in
   * single precision: a place near what is drawn keeps it exact.
   */
  drawInMicrometres(context: CanvasRenderingContext2D, x_um: number, y_um: number): void {
    const [x, y] = this.toWindow(x_um, y_um);
    const scale = this.density / this.view.um_per_px;
    context.setTransform(
      this.cos * scale,
      this.sin * scale,
      -this.sin * scale,
      this.cos * scale,
      x * this.density,
      y * this.density,
    );
  }

  /** Makes one unit of drawing one CSS pixel of the window. */
  drawInPixels(context: CanvasRenderingContext2D): void {
    context.setTransform(this.density, 0, 0, this.density, 0, 0);
  }
}

/** The columns and rows of a grid that the frame shows. */
export function visibleCells(frame: Frame, grid: { cell_um: number; columns: number; rows: number }) {
  const glass = frame.visible();
  const first = (start: number) => Math.max(0, Math.floor(start / grid.cell_um));
  const end = (stop: number, n_cells: number) => Math.min(n_cells, Math.ceil(stop / grid.cell_um));
  const [column, row] = [first(glass.x), first(glass.y)];
  return {
    column,
    row,
    columns: Math.max(0, end(glass.x + glass.width, grid.columns) - column),
    rows: Math.max(0, end(glass.y + glass.height, grid.rows) - row),
  };
}
