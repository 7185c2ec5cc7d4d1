import type { Measurement, Place } from './measurement';
import { FEWEST_PLACES } from './measurement';

const PREFIX = 'coverslip.measurements.';

/** Keeps the measurements of each slide for as long as this browser tab is open. */
export class MeasurementKeeper {
  private readonly key: string;

  constructor(
    slide: string,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
  ) {
    this.key = PREFIX + slide;
  }

  /** None where nothing was kept or what was kept is not understood. */
  read(): Measurement[] {
    try {
      const kept: unknown = JSON.parse(this.storage.getItem(this.key) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isMeasurement) : [];
    } catch {
      return [];
    }
  }

  /** A browser that keeps nothing, for it is full or told not to, still measures. */
  write(measurements: readonly Measurement[]): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(measurements));
    } catch {
      return;
    }
  }
}

function isMeasurement(value: unknown): value is Measurement {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, places } = value as Partial<Measurement>;
  if (kind !== 'line' && kind !== 'area') return false;
  return Array.isArray(places) && places.length >= FEWEST_PLACES[kind] && places.every(isPlace);
}

function isPlace(value: unknown): value is Place {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
