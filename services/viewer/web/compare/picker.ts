import { fill, h } from '../dom';
import { paths } from '../api/client';
import type { Slide } from '../api/shapes';
import type { SlideBook } from '../list/book';
import { isViewable, slideName } from '../list/standing';
import { MOST_COMPARED } from '../route';
import { say } from '../words/say';

/** Asks which slides shall be beside the open ones, which stay; answers with all of them. */
export function pickSlides(book: SlideBook, open: readonly string[], onPick: (ids: string[]) => void): void {
  const chosen = new Set(open);
  const rows = h('ul', { class: 'picker-rows' });
  const show = h('button', { class: 'picker-show' });
  const find = h('input', { type: 'search', placeholder: say('Find by name'), 'aria-label': say('Find by name') });
  const form = h('form', { method: 'dialog' }, show);
  const dialog = h('dialog', { class: 'picker' }, h('h2', {}, say('Slides side by side')), find, rows, form);

  const draw = () => {
    const wanted = find.value.trim().toLowerCase();
    const found = book.newestFirst().filter((slide) => isViewable(slide) && slideName(slide).toLowerCase().includes(wanted));
    fill(rows, found.map((slide) => row(slide)));
    show.disabled = chosen.size < 2;
    fill(show, chosen.size === 1 ? say('Show 1 slide') : say('Show {count} slides', { count: chosen.size }));
  };
  const row = (slide: Slide): HTMLElement => {
    const tick = h('input', {
      type: 'checkbox',
      checked: chosen.has(slide.id),
      disabled: !chosen.has(slide.id) && chosen.size >= MOST_COMPARED,
    });
    tick.addEventListener('change', () => {
      if (tick.checked) chosen.add(slide.id);
      else chosen.delete(slide.id);
      draw();
      rows.querySelector<HTMLInputElement>(`[data-slide="${slide.id}"] input`)?.focus();
    });
    const picture = h('img', { src: paths.thumbnail(slide.id), alt: '', loading: 'lazy' });
    return h('li', { 'data-slide': slide.id }, h('label', {}, tick, picture, h('span', {}, slideName(slide))));
  };

  find.addEventListener('input', draw);
  form.addEventListener('submit', () => onPick([...chosen]));
  dialog.addEventListener('close', () => dialog.remove());
  draw();
  document.body.append(dialog);
  dialog.showModal();
}
