import { locale } from '../words/say';

const MICROMETRES_PER_MM = 1000;
const STEPS = [1, 2, 5];

/** The longest of 1, 2, 5, 10, 20, ... that is not longer than `limit`, in the unit of `limit`. */
export function roundLength(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(limit));
  const step = STEPS.findLast((candidate) => candidate * power <= limit * (1 + 1e-9));
  return (step ?? 1) * power;
}

export interface ScaleBar {
  length_um: number;
  length_px: number;
  label: string;
}

/** A bar of a round length at most `limit_px` long where a pixel shows `um_per_px` micrometres. */
export function scaleBar(um_per_px: number, limit_px: number): ScaleBar {
  const length_um = roundLength(um_per_px * limit_px);
  return { length_um, length_px: length_um / um_per_px, label: formatLength(length_um) };
}

/** `250 nm`, `20 µm`, `1.5 mm`: a length to at most three figures. */
export function formatLength(um: number): string {
  if (um >= MICROMETRES_PER_MM) return `${figures(um / MICROMETRES_PER_MM)} mm`;
  if (um < 1) return `${figures(um * 1000)} nm`;
  return `${figures(um)} µm`;
}

/** Whole micrometres with a thin gap between thousands: a place on the slide. */
export function formatPlace(um: number): string {
  return Math.round(um).toLocaleString(locale()).replaceAll(',', '\u202f');
}

/** `2.2 × 3.0 mm`. */
export function formatArea(width_um: number, height_um: number): string {
  const mm = (um: number) => (um / MICROMETRES_PER_MM).toFixed(1);
  return `${mm(width_um)} × ${mm(height_um)} mm`;
}

/** `840 µm²`, `0.12 mm²`: a surface to three figures. */
export function formatSurface(um2: number): string {
  if (um2 < 1e4) return `${formatPlace(Number(um2.toPrecision(3)))} µm²`;
  return `${figures(um2 / MICROMETRES_PER_MM ** 2)} mm²`;
}

function figures(value: number): string {
  return String(Number(value.toPrecision(3)));
}
