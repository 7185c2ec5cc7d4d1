import { distance_um, FEWEST_PLACES, type Measurement, type MeasurementKind, type Place } from './measurement';

/** A measurement that is being drawn, place by place. */
export class Draft {
  readonly places: Place[] = [];

  constructor(readonly kind: MeasurementKind) {}

  /**
   * Takes a place, and answers with the measurement if that completes it: the second end of a line, or
   * the first corner of an area again. Places nearer than `reach_um` to each other are the same: the
   * second half of a double click adds nothing.
   */
  add(place: Place, reach_um: number): Measurement | null {
    const [first, last] = [this.places[0], this.places.at(-1)];
    if (this.kind === 'area' && first !== undefined && this.canFinish && distance_um(first, place) <= reach_um) {
      return this.finish();
    }
    if (last !== undefined && distance_um(last, place) <= reach_um) return null;
    this.places.push(place);
    return this.kind === 'line' ? this.finish() : null;
  }

  get canFinish(): boolean {
    return this.places.length >= FEWEST_PLACES[this.kind];
  }

  /** `null` while places are missing. */
  finish(): Measurement | null {
    return this.canFinish ? { kind: this.kind, places: [...this.places] } : null;
  }

  takeBack(): void {
    this.places.pop();
  }
}
