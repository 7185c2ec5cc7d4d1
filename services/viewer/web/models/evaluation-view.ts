import { type Content, h } from '../dom';
import { formatTime, formatValue } from '../units/plain';
import { say } from '../words/say';
import type { Evaluation, Finding } from './api';
import { limitWords, measureWords } from './words';

/** What the last evaluation showed of each criterion. */
export function evaluationView(evaluations: readonly Evaluation[]): Content {
  const last = evaluations[evaluations.length - 1];
  const heading = h('h4', {}, say('Evaluation'));
  if (last === undefined) return h('section', { class: 'model-part' }, heading, h('p', { class: 'hint' }, say('No evaluation is stored.')));
  const { verdict, is_met, added_by, added_at } = last;
  return h(
    'section',
    { class: 'model-part' },
    heading,
    h('p', { class: is_met ? 'met' : 'unmet' }, is_met ? say('It meets its criteria.') : say('It does not meet its criteria.')),
    h(
      'p',
      { class: 'hint' },
      say('{count} slides, {least} asked for; stored by {who}, {time}.', {
        count: verdict.n_slides,
        least: verdict.least_slides,
        who: added_by,
        time: formatTime(added_at),
      }),
    ),
    h('table', { class: 'criteria' }, h('tbody', {}, verdict.findings.map(row))),
  );
}

function row(finding: Finding): HTMLElement {
  const { measure, found, is_met } = finding;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, measureWords(measure)),
    h('td', {}, limitWords(finding)),
    h('td', { class: is_met ? 'met' : 'unmet' }, found === null ? say('not measured') : formatValue(found)),
    h('td', {}, is_met ? say('met') : say('not met')),
  );
}
