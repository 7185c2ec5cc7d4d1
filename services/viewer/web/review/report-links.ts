import { h } from '../dom';

/** Opens a report beside this page, as a page or as PDF; each is made anew and put on record. */
export function reportLinks(what: string, path: (form: 'html' | 'pdf') => string): HTMLElement {
  const link = (form: 'html' | 'pdf', words: string) =>
    h('a', { class: 'report-link', href: path(form), target: '_blank', rel: 'noopener' }, words);
  return h('p', { class: 'report-links' }, link('html', `${what} report`), link('pdf', `${what} report, PDF`));
}
