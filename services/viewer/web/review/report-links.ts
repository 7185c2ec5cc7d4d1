import { h } from '../dom';

/** Opens a report beside this page, as a page or as PDF; each is made anew and put on record. */
export function reportLinks(words: Record<'html' | 'pdf', string>, path: (form: 'html' | 'pdf') => string): HTMLElement {
  const link = (form: 'html' | 'pdf') =>
    h('a', { class: 'report-link', href: path(form), target: '_blank', rel: 'noopener' }, words[form]);
  return h('p', { class: 'report-links' }, link('html'), link('pdf'));
}
