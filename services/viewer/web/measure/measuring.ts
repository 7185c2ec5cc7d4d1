import type { MicrometreRect } from '../api/shapes';
import type { Frame } from '../slide/frame';
import { Draft } from './draft';
import { MeasurementKeeper } from './keeper';
import { MeasurementList } from './list';
import { boundsOf, type Measurement, type MeasurementKind, type Place } from './measurement';
import { MeasureOverlay } from './overlay';

/** How near, in pixels of the window, a place must be to another to mean it. */
const REACH_PX = 10;

interface MeasuringListener {
  /** What is drawn, or which tool is in hand, changed. */
  changed(): void;
  /** Someone wants to see a measurement. */
  show(rect: MicrometreRect): void;
}

/** Measuring with pointer, finger or keys: each tap gives a place, dragging still moves the slide. */
export class Measuring {
  readonly overlay = new MeasureOverlay();
  private readonly keeper: MeasurementKeeper;
  private readonly list: MeasurementList;
  private measurements: Measurement[];
  private store: ((measurement: Measurement) => Promise<void>) | null = null;

  constructor(
    slide: string,
    private readonly listener: MeasuringListener,
  ) {
    this.keeper = new MeasurementKeeper(slide);
    this.list = new MeasurementList({
      choose: (measurement) => this.choose(measurement),
      keep: (measurement) => void this.keepWithSlide(measurement),
      remove: (measurement) => this.keep(this.measurements.filter((other) => other !== measurement)),
    });
    this.measurements = this.keeper.read();
    this.showAll();
  }

  get element(): HTMLElement {
    return this.list.element;
  }

  /** What is being measured; `null` where no tool is in hand. */
  get kind(): MeasurementKind | null {
    return this.overlay.draft?.kind ?? null;
  }

  /** Takes a tool in hand, or puts it down again. */
  toggle(kind: MeasurementKind): void {
    this.setDraft(this.kind === kind ? null : new Draft(kind));
  }

  /** Gives up what is being drawn, then the tool. */
  cancel(): void {
    const { draft } = this.overlay;
    if (draft !== null) this.setDraft(draft.places.length > 0 ? new Draft(draft.kind) : null);
  }

  takeBack(): void {
    this.overlay.draft?.takeBack();
    this.listener.changed();
  }

  /** From now on a measurement can be kept with the slide; `store` says itself where that fails. */
  storeWith(store: (measurement: Measurement) => Promise<void>): void {
    this.store = store;
    this.showAll();
  }

  place(place: Place, frame: Frame): void {
    const { draft } = this.overlay;
    if (draft === null) return;
    this.add(draft.add(place, REACH_PX * frame.view.um_per_px));
  }

  /** For the keyboard: the middle of the window is the place. */
  placeInMiddle(frame: Frame): void {
    this.overlay.showsCross = true;
    this.place([frame.view.x_um, frame.view.y_um], frame);
  }

  finish(): void {
    this.add(this.overlay.draft?.finish() ?? null);
  }

  /** Follows the pointer. */
  aim(place: Place | null): void {
    if (this.overlay.draft === null) return;
    this.overlay.aim = place;
    this.overlay.showsCross = false;
    this.listener.changed();
  }

  private add(measurement: Measurement | null): void {
    const { draft } = this.overlay;
    if (measurement === null || draft === null) return this.listener.changed();
    this.overlay.draft = new Draft(draft.kind);
    this.keep([...this.measurements, measurement]);
  }

  private async keepWithSlide(measurement: Measurement): Promise<void> {
    await this.store?.(measurement);
    this.keep(this.measurements.filter((other) => other !== measurement));
  }

  private keep(measurements: Measurement[]): void {
    this.measurements = measurements;
    this.keeper.write(measurements);
    this.showAll();
    this.listener.changed();
  }

  private showAll(): void {
    this.overlay.measurements = this.measurements;
    this.list.show(this.measurements, this.store !== null);
  }

  private choose(measurement: Measurement): void {
    this.overlay.chosen = measurement;
    this.listener.show(boundsOf(measurement));
  }

  private setDraft(draft: Draft | null): void {
    this.overlay.draft = draft;
    this.overlay.aim = null;
    this.overlay.showsCross = false;
    this.listener.changed();
  }
}
