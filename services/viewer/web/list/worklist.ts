import { fill, h } from '../dom';
import { say } from '../words/say';
import type { CaseBook } from './case-book';
import { CaseCard } from './case-card';
import { chosenCases, type Who } from './case-words';

/** The cases to be read: finding, choosing and taking one. */
export class Worklist {
  readonly element: HTMLElement;
  private readonly cards = h('ul', { class: 'cases' });
  private readonly foot = h('div', { class: 'list-foot' });
  private readonly made = new Map<string, CaseCard>();
  private who: Who = 'everyone';

  constructor(
    private readonly book: CaseBook,
    private readonly onProblem: (error: unknown) => void,
  ) {
    this.element = h(
      'section',
      { class: 'worklist', 'aria-label': say('Worklist') },
      h('div', { class: 'list-tools' }, this.searchField(), this.standingField(), this.whoField()),
      this.cards,
      this.foot,
    );
    book.follow(() => this.draw());
  }

  /** Moves the focus by so many slides, from the first one where none has it. */
  step(steps: number): void {
    const links = [...this.cards.querySelectorAll<HTMLElement>('.case-slide')];
    const now = links.indexOf(document.activeElement as HTMLElement);
    const next = now < 0 ? 0 : Math.max(0, Math.min(links.length - 1, now + steps));
    links[next]?.focus();
  }

  private draw(): void {
    const cases = chosenCases(this.book.cases, this.who, this.book.me?.name ?? null);
    const cards = cases.map((found) => {
      const card = this.made.get(found.id) ?? new CaseCard(found.id, this.onProblem);
      this.made.set(found.id, card);
      card.update(found, this.book.me);
      return card.element;
    });
    const isSame = this.cards.children.length === cards.length && cards.every((card, at) => this.cards.children[at] === card);
    // Moving a card would take the focus from a link in it.
    if (!isSame) this.cards.replaceChildren(...cards);
    fill(this.foot, this.footText(cases.length));
  }

  private footText(n_shown: number) {
    if (!this.book.isLoaded) return h('p', {}, say('Loading…'));
    if (this.book.hasMore) return h('button', { onclick: () => this.book.loadMore() }, say('Show older cases'));
    if (n_shown > 0) return h('p', {}, say('J and K go through the slides, Enter opens one.'));
    return h('p', {}, say('No case. One comes with an order, or with a slide that names its accession number.'));
  }

  private searchField(): HTMLElement {
    const field = h('input', { type: 'search', placeholder: say('Find by accession'), 'aria-label': say('Find by accession') });
    field.addEventListener('input', () => this.book.find(field.value));
    return field;
  }

  private standingField(): HTMLElement {
    const field = h(
      'select',
      { 'aria-label': say('State') },
      h('option', { value: 'open' }, say('To be signed')),
      h('option', { value: 'signed' }, say('Signed')),
    );
    field.addEventListener('change', () => this.book.show(field.value as 'open' | 'signed'));
    return field;
  }

  private whoField(): HTMLElement {
    const options: [Who, string][] = [
      ['everyone', say('Everyone’s')],
      ['mine', say('Mine')],
      ['nobody', say('Nobody’s')],
      ['suspicious', say('Suspicious')],
    ];
    const field = h(
      'select',
      { 'aria-label': say('Whose') },
      options.map(([value, words]) => h('option', { value }, words)),
    );
    field.addEventListener('change', () => {
      this.who = field.value as Who;
      this.draw();
    });
    return field;
  }
}
