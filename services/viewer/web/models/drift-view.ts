import { type Content, h } from '../dom';
import { formatTime, formatValue } from '../units/plain';
import { say } from '../words/say';
import type { Drift, DriftWeek, Rate, ScannerDrift } from './api';
import { distancePoints, driftChart, type Point, ratePoints } from './drift-chart';
import { percent } from './words';

/** Whether a task is as it was, by scanner and week. */
export function driftView({ looked_at, reference, found }: Drift): Content {
  const compared =
    reference === null
      ? say('No reference is stored: rates have no limits, and nothing is said of distances.')
      : say('Compared with {count} slides of {from} to {to}, stored by {who}.', {
          count: reference.n_slides,
          from: reference.from,
          to: reference.to,
          who: reference.stored_by,
        });
  const looked = looked_at === null ? say('Nobody has looked yet.') : say('Looked at {time}.', { time: formatTime(looked_at) });
  const scanners = found?.scanners ?? [];
  return [
    h('p', { class: 'hint' }, compared, ' ', looked),
    looked_at !== null && scanners.length === 0 && h('p', { class: 'hint' }, say('It has scored no slide in half a year.')),
    scanners.map(scannerView),
  ];
}

function scannerView(scanner: ScannerDrift): HTMLElement {
  const charts: [string, Point[]][] = [
    [say('Distance of embeddings'), distancePoints(scanner)],
    [say('Without an answer'), ratePoints(scanner, ({ abstentions }) => abstentions)],
    [say('Overridden'), ratePoints(scanner, ({ overrides }) => overrides)],
  ];
  return h(
    'section',
    { class: 'drift-scanner', 'aria-label': scanner.scanner },
    h('h4', {}, scanner.scanner),
    h(
      'div',
      { class: 'drift-charts' },
      charts
        .filter(([, points]) => points.length > 0)
        .map(([words, points]) => h('figure', {}, h('figcaption', {}, words), driftChart(words, points))),
    ),
    h('details', {}, h('summary', {}, say('Numbers')), h('div', { class: 'drift-table' }, table(scanner))),
  );
}

function table({ weeks }: ScannerDrift): HTMLElement {
  const heads = [
    say('Week'),
    say('Slides'),
    say('Without an answer'),
    say('Overridden'),
    say('Stability of scores'),
    say('Distance of embeddings'),
    say('Chance'),
  ];
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, heads.map((words) => h('th', { scope: 'col' }, words)))),
    h('tbody', {}, [...weeks].reverse().map(row)),
  );
}

function row(week: DriftWeek): HTMLElement {
  const { distance } = week;
  const cells: (string | number)[] = [
    week.n_slides,
    rateWords(week.abstentions),
    rateWords(week.overrides),
    week.score_stability === null ? '–' : formatValue(week.score_stability),
    distance === null ? '–' : distance.mmd2.toFixed(3),
    distance === null ? '–' : distance.p_value.toFixed(4),
  ];
  const name = week.is_over ? week.week : say('{week} (until now)', { week: week.week });
  return h('tr', {}, h('th', { scope: 'row' }, name), cells.map((cell) => h('td', {}, cell)));
}

function rateWords({ part, whole, rate }: Rate): string {
  return rate === null ? '–' : `${percent(rate)} (${part}/${whole})`;
}
