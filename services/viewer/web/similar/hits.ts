import type { MicrometreRect } from '../api/shapes';
import { h } from '../dom';
import { formatRoute } from '../route';
import { say } from '../words/say';
import type { Hit } from './api';
import { similarityWords } from './words';

const PICTURE_PX = 224;
/** A hit in another slide is shown with this many times its own width around it. */
const CONTEXT = 3.2;

interface HitListener {
  /** Of the slide that is open. */
  show(rect: MicrometreRect): void;
  nameOf(slide: string): string;
  /** Shorter side of the window onto the slide, in pixels. */
  room(): number;
}

/** Pictures of the hits; each leads to its place, in this slide or in another. */
export function hitStrip(open: string, hits: readonly Hit[], listener: HitListener): HTMLElement {
  const items = hits.map((hit, position) => h('li', {}, item(open, hit, position, listener)));
  return h('ol', { class: 'tiles similar-hits', 'aria-label': say('Similar places, the most similar first') }, items);
}

function item(open: string, hit: Hit, position: number, listener: HitListener): HTMLElement {
  const similarity = similarityWords(hit.similarity);
  const isHere = hit.slide === open;
  const slide = isHere ? say('this slide') : listener.nameOf(hit.slide);
  const title = say('Similar place {number}, similarity {similarity}, {slide}', { number: position + 1, similarity, slide });
  const content = [
    h('img', { src: hit.picture, alt: '', width: PICTURE_PX, height: PICTURE_PX, loading: 'lazy', decoding: 'async' }),
    h('span', { class: 'tile-words' }, h('span', {}, similarity), !isHere && h('span', { class: 'similar-slide' }, slide)),
  ];
  if (isHere) {
    const onclick = () => listener.show(hit.rect_um);
    return h('button', { class: 'tile', type: 'button', title, 'aria-label': title, onclick }, content);
  }
  return h('a', { class: 'tile', href: address(hit, listener.room()), title, 'aria-label': title }, content);
}

/** A link to the place in its slide. */
export function address({ slide, rect_um: rect }: Hit, room_px: number): string {
  const view = {
    x_um: rect.x + rect.width / 2,
    y_um: rect.y + rect.height / 2,
    um_per_px: (Math.max(rect.width, rect.height) * CONTEXT) / room_px,
    degrees: 0,
  };
  return formatRoute({ page: 'slide', id: slide, view });
}
