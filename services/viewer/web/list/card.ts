import { paths } from '../api/client';
import type { Slide } from '../api/shapes';
import { type Content, h, setVariable } from '../dom';
import { abstentionTitle } from '../panel/abstention';
import { formatRoute } from '../route';
import { formatProbability, formatTime } from '../units/plain';
import { analysisButton } from './analysis-button';
import { mppForm } from './mpp-form';
import { Part } from './part';
import { callWords, isStopped, isViewable, lacksMpp, obstacle, slideName, standing, standingWords } from './standing';

/**
 * One slide in the list. Its elements stay while the slide moves on and only what changed is drawn
 * again: pictures do not flicker, a form keeps its text, and a click between two events counts.
 */
export class SlideCard {
  readonly element: HTMLElement;
  private readonly link: HTMLElement;
  private readonly picture = new Part(h('span', { class: 'card-picture' }));
  private readonly words = new Part(h('span', { class: 'card-words' }));
  private readonly remedy = new Part(h('div', { class: 'card-remedy' }));

  constructor(id: string) {
    const href = formatRoute({ page: 'slide', id, view: null });
    this.link = h('a', { class: 'card-link', href }, this.picture.element, this.words.element);
    this.element = h('li', { class: 'card', 'data-slide': id }, this.link, this.remedy.element);
  }

  update(slide: Slide, isCurrent: boolean): void {
    this.element.dataset.state = slide.status.state;
    this.element.classList.toggle('current', isCurrent);
    this.link.toggleAttribute('aria-current', isCurrent);
    this.picture.draw(isViewable(slide), () => thumbnail(slide));
    this.words.draw(slide, () => words(slide));
    this.remedy.draw([slide.status, slide.reason_text], () => remedy(slide));
  }
}

export function thumbnail(slide: Slide): Content {
  if (!isViewable(slide)) return null;
  const picture = h('img', { src: paths.thumbnail(slide.id), alt: '', loading: 'lazy', decoding: 'async' });
  picture.addEventListener('error', () => picture.remove());
  return picture;
}

function words(slide: Slide): Content {
  const name = slideName(slide);
  return [
    h('span', { class: 'card-name', title: name }, name),
    h('span', { class: 'card-time' }, formatTime(slide.received_at)),
    callBadge(slide) ?? standingLine(slide),
  ];
}

export function callBadge(slide: Slide): HTMLElement | null {
  if (slide.abstention) return h('span', { class: 'badge open' }, abstentionTitle(slide.abstention));
  const call = callWords(slide);
  if (call === null) return null;
  const tone = slide.call?.is_positive ? 'positive' : 'negative';
  const { probability } = slide;
  return h(
    'span',
    { class: `badge ${tone}` },
    call,
    probability == null ? null : h('span', { class: 'badge-number' }, formatProbability(probability)),
  );
}

export function standingLine(slide: Slide): HTMLElement {
  const now = standing(slide);
  const { label, tone, share } = now;
  return h('span', { class: `standing ${tone}` }, standingWords(now), tone === 'working' && bar(label, share));
}

function bar(name: string, share: number | null): HTMLElement {
  const element = h('span', { class: share === null ? 'bar unknown' : 'bar', role: 'progressbar', 'aria-label': name });
  if (share === null) return element;
  element.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
  setVariable(element, 'share', share);
  return element;
}

function remedy(slide: Slide): Content {
  const { state } = slide.status;
  if (state === 'tiled') return analysisButton(slide.id, 'stop');
  if (state !== 'held' && state !== 'quarantined') return null;
  return h(
    'div',
    { class: 'remedy' },
    h('p', {}, obstacle(slide)),
    lacksMpp(slide) && mppForm(slide.id),
    isStopped(slide) && analysisButton(slide.id, 'resume'),
  );
}
