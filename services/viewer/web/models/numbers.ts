import { h } from '../dom';
import { say } from '../words/say';

/** A table that folds away, and is moved sideways where it is wider than the page, by keys too. */
export function numbers(of: string, table: HTMLTableElement): HTMLElement {
  const label = say('Numbers: {of}', { of });
  return h('details', {}, h('summary', {}, say('Numbers')), h('div', { class: 'scrolled-table', role: 'region', 'aria-label': label, tabindex: 0 }, table));
}
