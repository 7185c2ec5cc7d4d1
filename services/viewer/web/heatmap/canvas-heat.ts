import { type Frame, visibleCells } from '../slide/frame';
import type { Grid } from './grid';
import type { HeatPainter } from './painter';
import type { Shading } from './shading';

/** Colours all cells once, one pixel each, and stretches those seen onto their place. */
export class CanvasHeat implements HeatPainter {
  readonly element = null;
  private grid: Grid | null = null;
  private opacity = 0;
  private readonly cells = document.createElement('canvas');

  show(grid: Grid, shading: Shading): void {
    this.cells.width = grid.columns;
    this.cells.height = grid.rows;
    this.cells.getContext('2d')?.putImageData(shading.paint(grid), 0, 0);
    this.grid = grid;
    this.opacity = shading.opacity;
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.grid === null || this.opacity === 0) return;
    const { cell_um } = this.grid;
    const { column, row, columns, rows } = visibleCells(frame, this.grid);
    if (columns === 0 || rows === 0) return;
    frame.drawInMicrometres(context, column * cell_um, row * cell_um);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = this.opacity;
    context.drawImage(this.cells, column, row, columns, rows, 0, 0, columns * cell_um, rows * cell_um);
  }

  close(): void {
    this.grid = null;
  }
}
