import { say } from '../words/say';
import type { DriftWeek, Rate, ScannerDrift } from './api';
import { element, label, mark } from './svg';

const WIDTH = 480;
const HEIGHT = 96;
const LEFT = 8;
const TOP = 10;
const BOTTOM = 78;
const WIDEST = 44;

/** The chance below which slides that lie apart are told of; the server's. */
const UNLIKELY = 0.01;

/** What a chart shows of one week. */
export interface Point {
  week: string;
  value: number;
  /** Where it may lie; `null` where nothing is said of that. */
  low: number | null;
  high: number | null;
  isOut: boolean;
}

/** Distances of a scanner's weeks: no limits but of chance. */
export function distancePoints({ weeks }: ScannerDrift): Point[] {
  return weeks.flatMap(({ week, distance }) =>
    distance === null ? [] : [{ week, value: Math.max(0, distance.mmd2), low: null, high: null, isOut: distance.p_value < UNLIKELY }],
  );
}

/** A rate of a scanner's weeks: its weighted mean where there is one, within its limits. */
export function ratePoints({ weeks }: ScannerDrift, rate: (week: DriftWeek) => Rate): Point[] {
  return weeks.flatMap((week) => {
    const { rate: value, chart } = rate(week);
    if (value === null) return [];
    const { mean = value, low = null, high = null, is_within = true } = chart ?? {};
    return [{ week: week.week, value: mean, low, high, isOut: !is_within }];
  });
}

/** What the top of a chart stands for that shows these, so that charts of several scanners compare. */
export function topOf(points: readonly Point[]): number {
  return Math.max(1e-6, ...points.flatMap(({ value, high }) => [value, high ?? 0])) * 1.1;
}

/** A line of weeks in the colours of the page, up to `most`; the table beside it says the same in numbers. */
export function driftChart(words: string, points: readonly Point[], most: number, mostWords: string): SVGElement {
  const svg = element('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'drift-chart', role: 'img' });
  const title = element('title', {});
  const n_out = points.filter(({ isOut }) => isOut).length;
  title.textContent = say('{figure}: {weeks} weeks, {out} outside', { figure: words, weeks: points.length, out: n_out });
  svg.append(title);
  const step = Math.min(WIDEST, (WIDTH - 2 * LEFT) / Math.max(1, points.length));
  const x = (at: number) => LEFT + (at + 0.5) * step;
  const y = (value: number) => BOTTOM - (value / most) * (BOTTOM - TOP);
  svg.append(element('path', { class: 'chart-ground', d: `M0 ${BOTTOM}H${WIDTH}M0 ${TOP}H${WIDTH}` }));
  svg.append(label(WIDTH, TOP + 14, 'end', mostWords), label(WIDTH, BOTTOM - 4, 'end', '0'));
  points.forEach(({ low, high }, at) => {
    if (low === null || high === null) return;
    const band = { class: 'chart-band', x: x(at) - step / 2, y: y(high), width: step, height: Math.max(1, y(low) - y(high)) };
    svg.append(element('rect', band));
  });
  const line = points.map(({ value }, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  if (points.length > 1) svg.append(element('path', { class: 'chart-line', d: line }));
  points.forEach(({ value, isOut }, at) => svg.append(mark(x(at), y(value), isOut ? 'out' : 'value')));
  const first = points[0];
  const last = points[points.length - 1];
  if (first && last) {
    svg.append(label(LEFT, HEIGHT - 4, 'start', first.week));
    if (last !== first) svg.append(label(Math.max(x(points.length - 1), 150), HEIGHT - 4, 'end', last.week));
  }
  return svg;
}
