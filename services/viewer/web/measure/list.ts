import { fill, h } from '../dom';
import { icon } from '../icons';
import { section } from '../panel/section';
import { type Measurement, measureWords } from './measurement';

interface MeasurementListener {
  choose(measurement: Measurement): void;
  remove(measurement: Measurement): void;
}

const NAMES = { line: 'Line', area: 'Area' } as const;

/** The measurements of the slide, each leading to its place, each removable. */
export class MeasurementList {
  private readonly rows = h('ol', { class: 'measurements' });
  readonly element = section(
    'measured',
    'Measurements',
    this.rows,
    h('p', { class: 'hint' }, 'Kept in this browser tab until it is closed.'),
  );

  constructor(private readonly listener: MeasurementListener) {}

  show(measurements: readonly Measurement[]): void {
    this.element.hidden = measurements.length === 0;
    fill(this.rows, measurements.map((measurement, at) => this.row(measurement, at + 1)));
  }

  private row(measurement: Measurement, number: number): HTMLElement {
    const words = `${NAMES[measurement.kind]} ${number}: ${measureWords(measurement)}`;
    const remove = h(
      'button',
      {
        class: 'icon-button',
        title: `Remove ${NAMES[measurement.kind].toLowerCase()} ${number}`,
        onclick: () => this.listener.remove(measurement),
      },
      icon('close'),
    );
    remove.setAttribute('aria-label', remove.title);
    return h(
      'li',
      {},
      h('button', { class: 'measurement', onclick: () => this.listener.choose(measurement) }, words),
      remove,
    );
  }
}
