import { paths } from '../api/client';
import { type Content, h } from '../dom';
import { slideName } from '../list/standing';
import { Part } from '../list/part';
import { formatRoute } from '../route';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import type { ToBeMatched } from './api';
import { matchForm } from './match-form';
import { isDisputed, statements, whyWords } from './words';

/** A slide that waits to be told which it is: its label, who says what, and a form for a person. */
export class MatchCard {
  readonly element: HTMLElement;
  private readonly known = new Part(h('div', { class: 'match-known' }));
  private readonly answer = new Part(h('div', { class: 'match-answer' }));

  constructor(
    id: string,
    private readonly settled: () => void,
  ) {
    this.element = h('li', { class: 'match', 'data-slide': id }, this.known.element, this.answer.element);
  }

  update(entry: ToBeMatched): void {
    const { slide, ...said } = entry;
    this.known.draw([slide.file_name, said], () => known(entry));
    // What a person has typed stays until there is news.
    this.answer.draw(entry.revision, () => matchForm(entry, this.settled));
  }
}

function known(entry: ToBeMatched): Content {
  const { slide, since } = entry;
  const all = statements(entry);
  return [
    picture(entry),
    h(
      'div',
      { class: 'match-words' },
      h('a', { href: formatRoute({ page: 'slide', id: slide.id, view: null }) }, slideName(slide)),
      h('span', { class: 'match-time' }, formatTime(since)),
      h('p', {}, whyWords(entry)),
      h(
        'dl',
        { class: 'facts' },
        all.map((statement) =>
          h('div', { class: isDisputed(statement, all) ? 'disputed' : null }, h('dt', {}, statement.who), h('dd', {}, statement.says)),
        ),
      ),
    ),
  ];
}

function picture({ slide, picture }: ToBeMatched): Content {
  if (picture === null) return null;
  return h('img', { class: 'match-label', src: paths.associated(slide.id, picture), alt: say('The label of the slide'), loading: 'lazy' });
}
