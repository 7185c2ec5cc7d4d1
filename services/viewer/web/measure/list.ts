import { fill, h } from '../dom';
import { icon } from '../icons';
import { section } from '../panel/section';
import { say } from '../words/say';
import { type Measurement, type MeasurementKind, measureWords } from './measurement';

interface MeasurementListener {
  choose(measurement: Measurement): void;
  /** Keeps it with the slide. */
  keep(measurement: Measurement): void;
  remove(measurement: Measurement): void;
}

const WORDS: Record<MeasurementKind, Record<'row' | 'remove', (number: number, size: string) => string>> = {
  line: {
    row: (number, size) => say('Line {number}: {size}', { number, size }),
    remove: (number) => say('Remove line {number}', { number }),
  },
  area: {
    row: (number, size) => say('Area {number}: {size}', { number, size }),
    remove: (number) => say('Remove area {number}', { number }),
  },
};

/** The measurements of the slide, each leading to its place, each removable. */
export class MeasurementList {
  private readonly rows = h('ol', { class: 'measurements' });
  readonly element = section(
    'measured',
    say('Measurements'),
    this.rows,
    h('p', { class: 'hint' }, say('Kept in this browser tab until it is closed. Keep one to have it among the annotations, and in the report.')),
  );

  constructor(private readonly listener: MeasurementListener) {}

  /** Whether they can be kept with the slide is known once it is known who asks. */
  show(measurements: readonly Measurement[], canKeep: boolean): void {
    this.element.hidden = measurements.length === 0;
    fill(this.rows, measurements.map((measurement, at) => this.row(measurement, at + 1, canKeep)));
  }

  private row(measurement: Measurement, number: number, canKeep: boolean): HTMLElement {
    const words = WORDS[measurement.kind];
    const size = measureWords(measurement);
    const remove = h(
      'button',
      {
        class: 'icon-button',
        title: words.remove(number, size),
        onclick: () => this.listener.remove(measurement),
      },
      icon('close'),
    );
    remove.setAttribute('aria-label', remove.title);
    return h(
      'li',
      {},
      h('button', { class: 'measurement', onclick: () => this.listener.choose(measurement) }, words.row(number, size)),
      canKeep && h('button', { class: 'keep', onclick: () => this.listener.keep(measurement) }, say('Keep')),
      remove,
    );
  }
}
