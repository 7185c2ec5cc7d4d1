import { sentence } from '../api/problem';
import type { Slide } from '../api/shapes';
import { h, setVariable } from '../dom';
import { lacksMpp, standing } from '../list/standing';
import { mppForm } from '../list/mpp-form';
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
    slide.reason_text ? h('p', {}, sentence(slide.reason_text)) : null,
    lacksMpp(slide) ? mppForm(slide.id) : null,
  );
}
