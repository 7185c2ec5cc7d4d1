import { type Content, h } from '../dom';

/** A part of the panel that folds away. */
export function section(name: string, title: string, ...content: Content[]): HTMLDetailsElement {
  return h(
    'details',
    { class: `section ${name}`, open: true },
    h('summary', {}, h('h2', {}, title)),
    h('div', { class: 'section-body' }, content),
  );
}

/** Names and values, one pair a line. */
export function facts(...pairs: readonly (readonly [name: string, value: Content])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    pairs
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}
