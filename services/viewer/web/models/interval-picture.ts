import type { Estimate } from './api';
import { type Axis, placeOn } from './forest';
import { element, type Mark, mark } from './svg';

const HEIGHT = 26;

/** A figure with its interval on an axis as wide as there is room, and a line at the figure of all slides. */
export function intervalPicture(estimate: Estimate, all: Estimate, axis: Axis, kind: Mark): SVGElement {
  const x = (value: number) => `${(placeOn(axis, value) * 100).toFixed(2)}%`;
  // What it shows stands beside it in numbers.
  const svg = element('svg', { class: 'interval-picture', height: HEIGHT, 'aria-hidden': 'true' });
  const middle = HEIGHT / 2;
  svg.append(element('line', { class: 'chart-ground', x1: 0, x2: '100%', y1: middle, y2: middle }));
  if (all.state !== 'undefined') {
    svg.append(element('line', { class: 'chart-all', x1: x(all.value), x2: x(all.value), y1: 0, y2: HEIGHT }));
  }
  if (estimate.state === 'measured') {
    svg.append(element('line', { class: 'chart-interval', x1: x(estimate.low), x2: x(estimate.high), y1: middle, y2: middle }));
  }
  if (estimate.state !== 'undefined') {
    // Only a picture within a picture can be placed by a share of its width.
    const place = element('svg', { x: x(estimate.value), overflow: 'visible' });
    place.append(mark(0, middle, kind));
    svg.append(place);
  }
  return svg;
}
