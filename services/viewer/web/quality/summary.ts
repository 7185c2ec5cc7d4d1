import { type Content, h, setVariable } from '../dom';
import { formatCount, formatValue } from '../units/plain';
import { say } from '../words/say';
import type { QualitySummary } from './api';
import { percent } from './words';

/** How much of the tissue each kind flags, as bars, and how sharp the slide is. */
export function summaryBlock(summary: QualitySummary): Content {
  const { n_tiles, n_blurred, n_pen, n_fold, n_flagged, n_focus, blur_um } = summary;
  return [
    h(
      'ol',
      { class: 'exceedance quality-bars' },
      bar(say('Blurred'), n_blurred, n_tiles),
      bar(say('Pen'), n_pen, n_tiles),
      bar(say('Folded'), n_fold, n_tiles),
      bar(say('Any'), n_flagged, n_tiles),
    ),
    h(
      'p',
      { class: 'hint' },
      blur_um === null
        ? say('Of {all} tiles. Focus could not be told.', { all: formatCount(n_tiles) })
        : say('Of {all} tiles. Edges are smeared by {median} µm in the middle and by {most} µm in the worst twentieth; focus was told of {told}.', {
            all: formatCount(n_tiles),
            median: formatValue(blur_um.p50),
            most: formatValue(blur_um.p95),
            told: formatCount(n_focus),
          }),
    ),
  ];
}

function bar(words: string, n_such: number, n_tiles: number): HTMLElement {
  const share = n_tiles === 0 ? 0 : n_such / n_tiles;
  const fill = h('span', { class: 'bar' });
  setVariable(fill, 'share', share);
  return h('li', {}, h('span', {}, words), fill, h('span', { class: 'number' }, percent(share)));
}
