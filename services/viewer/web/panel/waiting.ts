import type { Slide } from '../api/shapes';
import { h, setVariable } from '../dom';
import { obstacle, standing } from '../list/standing';
import { section } from './section';

/** Where a slide without a result stands, and what would help. */
export function waitingSection(slide: Slide): HTMLElement {
  const { label, tone, share } = standing(slide);
  const bar = h('span', { class: share === null ? 'bar unknown' : 'bar' });
  if (share !== null) setVariable(bar, 'share', share);
  return section(
    'waiting',
    'Result',
    h('p', { class: `standing ${tone}` }, share === null ? label : `${label} ${Math.floor(share * 100)} %`),
    tone === 'working' && bar,
    h('p', {}, obstacle(slide)),
  );
}
