import { hasGraphicsCard } from '../graphics/card';
import type { Overlay } from '../slide/overlays';
import { CanvasHeat } from './canvas-heat';
import { GpuHeat } from './gpu-heat';
import type { Grid } from './grid';
import type { Shading } from './shading';

/**
 * Paints a heatmap over the slide, one square a cell without smoothing: on the graphics card where there is
 * one, on a canvas otherwise. Both give a cell the same colour.
 */
export interface HeatPainter extends Overlay {
  /** What it paints on; `null` where that is the canvas of all overlays. */
  readonly element: HTMLCanvasElement | null;
  show(grid: Grid, shading: Shading): void;
  close(): void;
}

export function newHeatPainter(): HeatPainter {
  return (hasGraphicsCard() ? GpuHeat.start() : null) ?? new CanvasHeat();
}
