import { say } from '../words/say';
import type { Estimate, SubgroupGap, SubgroupReport } from './api';
import type { Suppression } from './forest';
import { measureWords, percent } from './words';

/** What the server groups slides by; another name stays as it is. */
const COLUMNS = new Map([
  ['site', say('Site')],
  ['scanner', say('Scanner')],
  ['stain', say('Stain')],
  ['stain batch', say('Stain batch')],
  ['age', say('Age')],
  ['sex', say('Sex')],
]);

/** What it calls groups by itself; what a laboratory calls them stays as it is. */
const GROUPS = new Map([
  ['not known', say('not known')],
  ['unknown', say('not known')],
  ['under 40', say('under 40')],
  ['40 to 54', say('40 to 54')],
  ['55 to 69', say('55 to 69')],
  ['70 and over', say('70 and over')],
]);

export function columnWords(column: string): string {
  return COLUMNS.get(column) ?? column;
}

export function groupWords(value: string): string {
  return GROUPS.get(value) ?? value;
}

export function suppressionWords(reason: Suppression): string {
  const words: Record<Suppression, string> = {
    fewer_than_ten_cases: say('fewer than ten patients'),
    fewer_than_five_cases_of_a_class: say('fewer than five patients of a class'),
  };
  return words[reason];
}

/** `0.20 (0.08–0.41)`, or why there is no such figure. */
export function estimateWords(estimate: Estimate | undefined): string {
  switch (estimate?.state) {
    case undefined:
      return '–';
    case 'measured':
      return `${figure(estimate.value)} (${figure(estimate.low)}–${figure(estimate.high)})`;
    case 'without_interval':
      return say('{value}, no interval', { value: figure(estimate.value) });
    case 'undefined':
      return undefinedWords(estimate.reason);
  }
}

function undefinedWords(reason: Extract<Estimate, { state: 'undefined' }>['reason']): string {
  const words: Record<typeof reason, string> = {
    no_slides: say('no slide'),
    class_absent: say('a class does not occur'),
    nothing_called: say('no slide is called so'),
    one_grade_only: say('only one grade occurs'),
  };
  return words[reason];
}

/** What may be concluded from slides that were chosen by being signed. */
export function cautionWords({ n_scored, n_signed, n_abstained, signed_share }: SubgroupReport): string {
  if (signed_share === null) return say('It has scored no slide of which this is known.');
  if (n_signed === 0) return say('None of the {count} slides that it scored is judged and signed: there is nothing to measure it by.', { count: n_scored });
  const without = n_abstained > 0 ? say('{count} of them have no answer and are in no figure.', { count: n_abstained }) : '';
  const measured =
    signed_share >= 1
      ? say('All {count} slides that it scored are judged and signed.', { count: n_scored })
      : say('Of {scored} slides that it scored {signed} are judged and signed ({percent}), and these are measured.', {
          scored: n_scored,
          signed: n_signed,
          percent: percent(signed_share),
        });
  const chosen =
    signed_share < 1
      ? say('Which slides are signed is no matter of chance: of all slides the figures may be better or worse.')
      : '';
  return [measured, without, chosen].filter(Boolean).join(' ');
}

/** A group that fares worse, and by how much. */
export function gapWords({ column, value, measure, of_group, of_all }: SubgroupGap): string {
  return say('{column} {value}: {measure} {of_group}, of all slides {of_all}', {
    column: columnWords(column),
    value: groupWords(value),
    measure: measureWords(measure),
    of_group: figure(of_group),
    of_all: figure(of_all),
  });
}

function figure(value: number): string {
  return value.toFixed(2);
}
