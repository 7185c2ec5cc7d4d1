import { type Content, h } from '../dom';
import { formatTime, formatValue } from '../units/plain';
import { say } from '../words/say';
import type { Drift, DriftWeek, Rate, ScannerDrift } from './api';
import { distancePoints, driftChart, type Point, ratePoints, topOf } from './drift-chart';
import { numbers } from './numbers';
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
    scanners.map((scanner) => scannerView(scanner, figures(scanners))),
  ];
}

/** What is drawn of each scanner, on one scale for all of them. */
interface Figure {
  words: string;
  points: (scanner: ScannerDrift) => Point[];
  most: number;
  mostWords: string;
}

function figures(scanners: readonly ScannerDrift[]): Figure[] {
  const drawn = (words: string, points: Figure['points'], spell: (value: number) => string): Figure => {
    const most = topOf(scanners.flatMap(points));
    return { words, points, most, mostWords: spell(most) };
  };
  return [
    drawn(say('Distance of embeddings'), distancePoints, formatValue),
    drawn(say('Without an answer, mean of the last weeks'), (scanner) => ratePoints(scanner, ({ abstentions }) => abstentions), percent),
    drawn(say('Overridden, mean of the last weeks'), (scanner) => ratePoints(scanner, ({ overrides }) => overrides), percent),
  ];
}

function scannerView(scanner: ScannerDrift, figures: readonly Figure[]): HTMLElement {
  const charts = figures.map((figure) => ({ ...figure, points: figure.points(scanner) })).filter(({ points }) => points.length > 0);
  return h(
    'section',
    { class: 'drift-scanner', 'aria-label': scanner.scanner },
    h('h4', {}, scanner.scanner),
    h(
      'div',
      { class: 'drift-charts' },
      charts.map(({ words, points, most, mostWords }) =>
        h('figure', {}, h('figcaption', {}, words), driftChart(words, points, most, mostWords)),
      ),
    ),
    numbers(scanner.scanner, table(scanner)),
  );
}

function table({ weeks }: ScannerDrift): HTMLTableElement {
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
