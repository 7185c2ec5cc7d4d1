import type { Slide } from '../api/shapes';
import { fill, h } from '../dom';
import { say } from '../words/say';
import type { SlideBook } from './book';
import { SlideCard } from './card';
import { slideName } from './standing';
import { uploadZone } from './upload-zone';

type Order = 'newest' | 'probability';

/** The list of slides: adding, finding and choosing one. */
export class SlideList {
  readonly element: HTMLElement;
  private readonly cards = h('ul', { class: 'cards' });
  private readonly foot = h('div', { class: 'list-foot' });
  private readonly made = new Map<string, SlideCard>();
  private current: string | null = null;
  private wanted = '';
  private order: Order = 'newest';

  constructor(
    private readonly book: SlideBook,
    dropTarget: HTMLElement,
    private readonly onProblem: (error: unknown) => void,
  ) {
    this.element = h(
      'aside',
      { class: 'list', 'aria-label': say('Slides') },
      uploadZone(dropTarget),
      h('div', { class: 'list-tools' }, this.searchField(), this.orderField()),
      this.cards,
      this.foot,
    );
    book.follow(() => this.draw());
  }

  setCurrent(id: string | null): void {
    this.current = id;
    this.draw();
  }

  private draw(): void {
    const slides = this.chosen();
    const cards = slides.map((slide) => this.card(slide));
    // Moving a card would take the focus from a form in it.
    if (!sameChildren(this.cards, cards)) this.cards.replaceChildren(...cards);
    fill(this.foot, this.footText(slides.length));
  }

  private chosen(): Slide[] {
    const slides = this.book.newestFirst();
    const found = slides.filter((slide) => slideName(slide).toLowerCase().includes(this.wanted));
    if (this.order === 'newest') return found;
    return found.sort((a, b) => (b.probability ?? -1) - (a.probability ?? -1));
  }

  private card(slide: Slide): HTMLElement {
    let card = this.made.get(slide.id);
    if (card === undefined) {
      card = new SlideCard(slide.id);
      this.made.set(slide.id, card);
    }
    card.update(slide, slide.id === this.current);
    return card.element;
  }

  private footText(n_shown: number) {
    if (!this.book.isLoaded) return h('p', {}, say('Loading…'));
    if (this.book.hasMore) {
      const more = () => void this.book.loadMore().catch(this.onProblem);
      return h('button', { onclick: more }, say('Show older slides'));
    }
    if (n_shown > 0) return null;
    if (this.wanted !== '') return h('p', {}, say('No slide has this in its name.'));
    return h(
      'p',
      {},
      say('No slides yet. Drop a file here, push one to the API, or let a scanner write into the watched folder.'),
    );
  }

  private searchField(): HTMLElement {
    const field = h('input', { type: 'search', placeholder: say('Find by name'), 'aria-label': say('Find by name') });
    field.addEventListener('input', () => {
      this.wanted = field.value.trim().toLowerCase();
      this.draw();
    });
    return field;
  }

  private orderField(): HTMLElement {
    const field = h(
      'select',
      { 'aria-label': say('Order') },
      h('option', { value: 'newest' }, say('Newest first')),
      h('option', { value: 'probability' }, say('Highest probability')),
    );
    field.addEventListener('change', () => {
      this.order = field.value as Order;
      this.draw();
    });
    return field;
  }
}

function sameChildren(parent: HTMLElement, wanted: HTMLElement[]): boolean {
  return parent.children.length === wanted.length && wanted.every((child, at) => parent.children[at] === child);
}
