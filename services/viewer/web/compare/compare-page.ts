import { slide as fetchSlide, tiled } from '../api/client';
import { fill, h } from '../dom';
import type { SlideBook } from '../list/book';
import { slideName } from '../list/standing';
import type { CompareRoute } from '../route';
import type { Commands } from '../slide/commands';
import { say } from '../words/say';
import { CompareView, type CompareViewListener } from './compare-view';

interface ComparePageListener extends CompareViewListener {
  named(name: string): void;
}

/** The page of two to four slides beside each other, from the moment they are wanted until it is left. */
export class ComparePage {
  private view: CompareView | null = null;
  private isClosed = false;

  constructor(
    private readonly route: CompareRoute,
    private readonly place: HTMLElement,
    private readonly book: SlideBook,
    private readonly listener: ComparePageListener,
  ) {
    fill(place, h('p', { class: 'stage-message' }, say('Loading…')));
    this.start().catch((error: unknown) => this.isClosed || this.listener.failed(error));
  }

  get commands(): Commands | null {
    return this.view;
  }

  goTo({ view }: CompareRoute): void {
    if (view !== null) this.view?.goTo(view);
  }

  close(): void {
    this.isClosed = true;
    this.view?.close();
    fill(this.place);
  }

  private async start(): Promise<void> {
    const { ids } = this.route;
    const slides = await Promise.all(ids.map((id) => this.book.get(id) ?? fetchSlide(id)));
    const found = await Promise.all(ids.map(tiled));
    if (this.isClosed) return;
    const names = slides.map(slideName);
    this.listener.named(names.join(' | '));
    const shown = found.map((each, at) => ({ tiled: each, name: names[at]! }));
    this.view = new CompareView(shown, this.route, this.place, this.listener);
  }
}
