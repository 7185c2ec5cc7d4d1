import type { Geometry, Position } from '../api/case-shapes';
import { type Measurement, measureWords } from './measurement';

/** A measurement as a shape of the slide's annotations, in pixels of level 0. */
export function asGeometry({ kind, places }: Measurement, mpp: number): Geometry {
  const corners = places.map(([x, y]): Position => [x / mpp, y / mpp]);
  if (kind === 'line') return { type: 'LineString', coordinates: corners };
  return { type: 'Polygon', coordinates: [[...corners, corners[0]!]] };
}

/** How long a line is, or how large a region without holes; `null` of other shapes. */
export function sizeWords(geometry: Geometry, mpp: number): string | null {
  const inMicrometres = (positions: readonly Position[]) => positions.map(([x, y]) => [x * mpp, y * mpp] as const);
  if (geometry.type === 'LineString') return measureWords({ kind: 'line', places: inMicrometres(geometry.coordinates) });
  if (geometry.type !== 'Polygon' || geometry.coordinates.length !== 1) return null;
  return measureWords({ kind: 'area', places: inMicrometres(geometry.coordinates[0]!.slice(0, -1)) });
}
