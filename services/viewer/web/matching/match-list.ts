import { fill, h } from '../dom';
import { say } from '../words/say';
import type { MatchBook } from './match-book';
import { MatchCard } from './match-card';

/** The slides that wait to be told which they are, those that wait longest first. */
export class MatchList {
  readonly element: HTMLElement;
  private readonly cards = h('ul', { class: 'matches' });
  private readonly foot = h('div', { class: 'list-foot' });
  private readonly made = new Map<string, MatchCard>();

  constructor(private readonly book: MatchBook) {
    this.element = h('section', { class: 'matching', 'aria-label': say('To be matched') }, this.cards, this.foot);
    book.follow(() => this.draw());
    this.draw();
  }

  private draw(): void {
    const cards = this.book.slides.map((entry) => {
      const { id } = entry.slide;
      const card = this.made.get(id) ?? new MatchCard(id, () => this.book.refreshSoon());
      this.made.set(id, card);
      card.update(entry);
      return card.element;
    });
    const isSame = this.cards.children.length === cards.length && cards.every((card, at) => this.cards.children[at] === card);
    // Moving a card would take the focus from the form in it.
    if (!isSame) this.cards.replaceChildren(...cards);
    fill(this.foot, cards.length === 0 && h('p', {}, say('Every slide is matched.')));
  }
}
