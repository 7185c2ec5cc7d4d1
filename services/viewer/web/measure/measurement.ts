import { formatLength, formatSurface } from '../units/length';
import { say } from '../words/say';

/** A place on the glass, in micrometres from the top left of level 0. */
export type Place = readonly [x_um: number, y_um: number];

export type MeasurementKind = 'line' | 'area';

/** What a person measured: a line of two places, or an area with three or more corners. */
export interface Measurement {
  kind: MeasurementKind;
  places: readonly Place[];
}

export const FEWEST_PLACES: Record<MeasurementKind, number> = { line: 2, area: 3 };

export function distance_um([ax, ay]: Place, [bx, by]: Place): number {
  return Math.hypot(bx - ax, by - ay);
}

/** Along all places; of an area back to the first. */
export function length_um({ kind, places }: Measurement): number {
  const steps = places.slice(1).map((place, at) => distance_um(places[at]!, place));
  if (kind === 'area' && places.length > 2) steps.push(distance_um(places.at(-1)!, places[0]!));
  return steps.reduce((sum, step) => sum + step, 0);
}

/** What the corners enclose; of an outline that crosses itself, its parts of opposite turn cancel out. */
export function area_um2(places: readonly Place[]): number {
  // Shoelace formula, from the first corner so that large coordinates cost no precision.
  const [x0, y0] = places[0] ?? [0, 0];
  let twice = 0;
  places.forEach(([x, y], at) => {
    const [next_x, next_y] = places[(at + 1) % places.length]!;
    twice += (x - x0) * (next_y - y0) - (next_x - x0) * (y - y0);
  });
  return Math.abs(twice) / 2;
}

/** `1.24 mm`, or `0.37 mm², 2.6 mm around`. */
export function measureWords(measurement: Measurement): string {
  const length = formatLength(length_um(measurement));
  return measurement.kind === 'line' ? length : say('{area}, {length} around', { area: formatSurface(area_um2(measurement.places)), length });
}

/** The upright rectangle around it. */
export function boundsOf({ places }: Measurement): { x: number; y: number; width: number; height: number } {
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
