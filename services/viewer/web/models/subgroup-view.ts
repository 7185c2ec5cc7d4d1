import { type Content, h } from '../dom';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import type { Figures, SubgroupGap, SubgroupReport, Subgroups } from './api';
import { forests } from './forest';
import { forestView } from './forest-view';
import { numbers } from './numbers';
import { cautionWords, columnWords, estimateWords, gapWords, groupWords, suppressionWords } from './subgroup-words';
import { measureWords } from './words';

/** Goes to the alert that tells of a gap; `null` where none is open. */
export type AlertOf = (gap: SubgroupGap) => (() => void) | null;

/** How good a task is by what people signed, of all slides and of groups of them. */
export function subgroupView({ looked_at, found }: Subgroups, alertOf: AlertOf): Content {
  if (looked_at === null || found === null) return h('p', { class: 'hint' }, say('Nobody has looked yet.'));
  return [
    h('p', { class: 'hint' }, say('Looked at {time}.', { time: formatTime(looked_at) }), ' ', cautionWords(found)),
    found.gaps.length > 0 && gapList(found, alertOf),
    h('div', { class: 'forests' }, forests(found).map(forestView)),
    Object.keys(found.figures).length > 0 && numbers(say('Groups of slides'), table(found)),
  ];
}

function gapList({ gaps, gap_limit }: SubgroupReport, alertOf: AlertOf): Content {
  const item = (gap: SubgroupGap) => {
    const show = alertOf(gap);
    return h('li', {}, h('span', {}, gapWords(gap)), show && h('button', { onclick: show }, say('Its alert')));
  };
  return [
    h('p', { class: 'unmet' }, say('Worse by more than {limit}, with an interval that leaves out the figure of all:', { limit: gap_limit })),
    h('ul', { class: 'gaps' }, gaps.map(item)),
  ];
}

/** All measures, also those that are not compared. */
function table({ figures, columns }: SubgroupReport): HTMLTableElement {
  const measures = Object.keys(figures);
  const cells = (of: Figures) => measures.map((measure) => h('td', {}, estimateWords(of[measure])));
  const row = (name: string, ...content: Content[]) => h('tr', {}, h('th', { scope: 'row' }, name), content);
  const groups = columns.flatMap(({ column, groups }) =>
    groups.map(({ value, suppressed, n_slides, figures: of }) => {
      const name = `${columnWords(column)}: ${groupWords(value)}`;
      if (suppressed !== null) return row(name, h('td', {}, '–'), h('td', { colspan: measures.length }, suppressionWords(suppressed)));
      return row(name, h('td', {}, n_slides), cells(of));
    }),
  );
  const heads = [say('Group'), say('Slides'), ...measures.map(measureWords)];
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, heads.map((words) => h('th', { scope: 'col' }, words)))),
    h('tbody', {}, row(say('All slides'), h('td', {}, countOf(figures)), cells(figures)), groups),
  );
}

/** Accuracy rests on all slides that have figures. */
function countOf({ accuracy }: Figures): number | string {
  return accuracy === undefined || accuracy.state === 'undefined' ? '–' : accuracy.n;
}
