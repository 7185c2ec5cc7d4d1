import type { Slide } from '../api/shapes';
import { h, setVariable } from '../dom';
import { obstacle, standing, standingWords } from '../list/standing';
import { say } from '../words/say';
import { section } from './section';

/** Where a slide without a result stands, and what would help. */
export function waitingSection(slide: Slide): HTMLElement {
  const now = standing(slide);
  const { tone, share } = now;
  const bar = h('span', { class: share === null ? 'bar unknown' : 'bar' });
  if (share !== null) setVariable(bar, 'share', share);
  return section(
    'waiting',
    say('Result'),
    h('p', { class: `standing ${tone}` }, standingWords(now)),
    tone === 'working' && bar,
    h('p', {}, obstacle(slide)),
  );
}
