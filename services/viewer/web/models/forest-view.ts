import { type Content, h } from '../dom';
import { say } from '../words/say';
import type { Estimate } from './api';
import type { Axis, Forest, ForestRow } from './forest';
import { intervalPicture } from './interval-picture';
import { columnWords, estimateWords, groupWords, suppressionWords } from './subgroup-words';
import type { Mark } from './svg';
import { measureWords } from './words';

/** A measure of all slides and of each group: drawn, and beside it in numbers. */
export function forestView({ measure, all, columns, axis }: Forest): HTMLElement {
  const whole: ForestRow = { kind: 'figure', name: say('All slides'), estimate: all, isWorse: false };
  return h(
    'table',
    { class: 'forest', 'data-measure': measure },
    h('caption', {}, captionWords(measure)),
    h('thead', {}, h('tr', {}, head(say('Group')), head(say('Slides')), axisHead(axis), head(say('Figure, 95 % interval')))),
    h('tbody', {}, groupRow(whole, all, axis, 'whole')),
    columns.map(({ column, rows }) =>
      h(
        'tbody',
        {},
        h('tr', {}, h('th', { scope: 'rowgroup', colspan: 4 }, columnWords(column))),
        rows.map((drawn) => groupRow({ ...drawn, name: groupWords(drawn.name) }, all, axis, 'value')),
      ),
    ),
  );
}

function captionWords(measure: string): string {
  const words = measureWords(measure);
  return measure === 'expected_calibration_error' ? say('{measure}, lower is better', { measure: words }) : words;
}

function head(words: string): HTMLElement {
  return h('th', { scope: 'col' }, words);
}

function axisHead({ from, to }: Axis): HTMLElement {
  const words = say('From {from} to {to}', { from: from.toFixed(1), to: to.toFixed(1) });
  return h('th', { scope: 'col', 'aria-label': words }, h('div', { class: 'forest-axis' }, h('span', {}, from.toFixed(1)), h('span', {}, to.toFixed(1))));
}

function groupRow(drawn: ForestRow, all: Estimate, axis: Axis, kind: Mark): HTMLElement {
  const name = h('th', { scope: 'row' }, drawn.name);
  if (drawn.kind === 'suppressed') {
    return h('tr', { class: 'suppressed' }, name, h('td', {}, '–'), h('td', { colspan: 2 }, suppressionWords(drawn.reason)));
  }
  const { estimate, isWorse } = drawn;
  const figure: Content = [estimateWords(estimate), isWorse && ' ', isWorse && h('strong', {}, say('worse'))];
  return h(
    'tr',
    isWorse ? { class: 'worse' } : {},
    name,
    h('td', {}, estimate === undefined || estimate.state === 'undefined' ? '–' : estimate.n),
    h('td', { class: 'forest-place' }, estimate && intervalPicture(estimate, all, axis, isWorse ? 'out' : kind)),
    h('td', {}, figure),
  );
}
