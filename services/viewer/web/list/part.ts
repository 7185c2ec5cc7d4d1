import { type Content, fill } from '../dom';

/** An element that is filled again only when what it shows has changed. */
export class Part {
  private shown = '';

  constructor(readonly element: HTMLElement) {}

  draw(shows: unknown, content: () => Content): void {
    const wanted = JSON.stringify(shows);
    if (wanted === this.shown) return;
    this.shown = wanted;
    fill(this.element, content());
  }
}
