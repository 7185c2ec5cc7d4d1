import { type Palette, palette, paletteStep } from './colormap';
import { type Grid, type Range, share } from './grid';
import { isSigned } from './layers';
import { colourRange, type HeatSettings } from './settings';

/** Where low values fade, the lowest, or those at 0 of a signed layer, cover this much, so that they differ from no value at all. */
export const LEAST_COVER = 0.12;

/** Gives each value its colour and how much it covers. */
export class Shading {
  readonly range: Range;
  readonly palette: Palette;

  constructor(
    readonly settings: HeatSettings,
    grid: Grid,
  ) {
    this.range = colourRange(settings, grid);
    this.palette = palette(settings.colormap);
  }

  get isSigned(): boolean {
    return isSigned(this.settings.layer);
  }

  /** 0 where the heatmap is not shown. */
  get opacity(): number {
    return this.settings.visible ? this.settings.opacity : 0;
  }

  /** Writes red, green, blue and cover at `at`; clear where there is no value and below the threshold. */
  write(value: number, out: Uint8ClampedArray, at: number): void {
    const { threshold, emphasis } = this.settings;
    if (Number.isNaN(value) || (threshold !== null && this.strength(value) < threshold)) return;
    const position = share(value, this.range);
    const step = paletteStep(position) * 3;
    for (let channel = 0; channel < 3; channel += 1) out[at + channel] = this.palette[step + channel]!;
    const shown = this.isSigned ? Math.abs(2 * position - 1) : position;
    out[at + 3] = emphasis === 'even' ? 255 : 255 * (LEAST_COVER + (1 - LEAST_COVER) * shown);
  }

  /** What the threshold is held against: of a signed layer how far a value lies from 0. */
  strength(value: number): number {
    return this.isSigned ? Math.abs(value) : value;
  }

  /** One pixel a cell. */
  paint(grid: Grid): ImageData {
    const image = new ImageData(grid.columns, grid.rows);
    grid.values.forEach((value, cell) => this.write(value, image.data, cell * 4));
    return image;
  }

  /** The colours from the first to the last, as one row. */
  strip(width: number): ImageData {
    const { min, max } = this.range;
    const image = new ImageData(width, 1);
    for (let step = 0; step < width; step += 1) {
      this.write(min + ((max - min) * step) / (width - 1), image.data, step * 4);
    }
    return image;
  }
}
