import type { Layer } from '../api/shapes';
import type { Colormap } from './colormap';
import { type Grid, percentile, type Range, sortedMagnitudes, sortedValues } from './grid';
import { colormapsFor, isSigned } from './layers';

/** How the ends of the colours are chosen: as values, or as percentiles of the values there are. */
export type Scale = 'value' | 'percentile';

/** Whether all values cover the slide alike, or low ones less, so that the eye goes to the high ones. */
export type Emphasis = 'even' | 'fade';

/** How a heatmap is shown. */
export interface HeatSettings {
  visible: boolean;
  layer: Layer;
  /** From 0 to 1. */
  opacity: number;
  emphasis: Emphasis;
  colormap: Colormap;
  scale: Scale;
  /** Where the colours begin and end, in the unit of `scale`. */
  low: number;
  high: number;
  /** A value; cells below, or of a signed layer nearer to 0, are clear. `null` shows all. */
  threshold: number | null;
}

/** Most layers have a long tail, so their colours end at percentiles; a probability has fixed ends. */
function scaleFor(layer: Layer): Pick<HeatSettings, 'scale' | 'low' | 'high' | 'threshold'> {
  if (layer === 'tile') return { scale: 'value', low: 0, high: 1, threshold: null };
  return { scale: 'percentile', low: 1, high: 99, threshold: null };
}

/** Another layer with a scale of its own, and in colours that fit it. */
export function withLayer(settings: HeatSettings, layer: Layer): HeatSettings {
  const fitting = colormapsFor(layer);
  const colormap = fitting.includes(settings.colormap) ? settings.colormap : fitting[0]!;
  return { ...settings, layer, colormap, ...scaleFor(layer) };
}

export const FIRST_SETTINGS: HeatSettings = {
  visible: true,
  layer: 'attention',
  opacity: 0.55,
  emphasis: 'fade',
  colormap: 'viridis',
  ...scaleFor('attention'),
};

/** The values that take the first and the last colour; a signed layer has 0 in the middle of them. */
export function colourRange(settings: HeatSettings, grid: Grid): Range {
  const { low, high } = settings;
  if (isSigned(settings.layer)) {
    const end = settings.scale === 'value' ? Math.abs(high) : percentile(sortedMagnitudes(grid), high);
    return { min: -end, max: end };
  }
  if (settings.scale === 'value') return { min: Math.min(low, high), max: Math.max(low, high) };
  const sorted = sortedValues(grid);
  return {
    min: percentile(sorted, Math.min(low, high)),
    max: percentile(sorted, Math.max(low, high)),
  };
}

/** The same colours said in the other unit, as far as its fields can say them. */
export function withScale(settings: HeatSettings, scale: Scale, grid: Grid): HeatSettings {
  if (scale === settings.scale) return settings;
  if (scale === 'percentile') return { ...settings, scale, low: 1, high: 99 };
  const { min, max } = colourRange(settings, grid);
  return { ...settings, scale, low: Number(min.toPrecision(3)), high: Number(max.toPrecision(3)) };
}
