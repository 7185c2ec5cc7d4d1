import type { View } from '../route';
import { type Alignment, alignmentOf, toFirst, toOther } from './alignment';
import type { Pane } from './pane';

/** Slides that move together, or each by itself until they are in line. */
export class LinkedPanes {
  /** The one that keys and buttons move, and that the others follow. */
  active: Pane;
  isLinked = true;
  /** Of each slide against the first, the first itself included. */
  private against: Alignment[];

  /** Without alignments the middles of the tissue meet. */
  constructor(
    private readonly panes: readonly Pane[],
    alignments: readonly Alignment[] | null,
  ) {
    this.active = panes[0]!;
    const [x, y] = this.active.middle();
    this.against = panes.map((pane, at) => {
      if (at === 0) return { x_um: 0, y_um: 0, degrees: 0 };
      const [other_x, other_y] = pane.middle();
      return alignments?.[at - 1] ?? { x_um: other_x - x, y_um: other_y - y, degrees: 0 };
    });
    this.choose(this.active);
  }

  /** Of the first slide. */
  get view(): View | null {
    return this.panes[0]!.view;
  }

  /** Of all slides but the first. */
  get alignments(): readonly Alignment[] {
    return this.against.slice(1);
  }

  choose(active: Pane): void {
    this.active = active;
    for (const pane of this.panes) pane.element.classList.toggle('active', pane === active);
  }

  /** Called for every movement of every pane; the others follow the active one. */
  moved(pane: Pane, view: View): void {
    if (this.isLinked && pane === this.active) this.follow(pane, view);
    // A slide that opened after the others still has to join them.
    else if (this.isLinked && this.active.view !== null) this.follow(this.active, this.active.view);
  }

  /** While loose, the slides are in line as they lie. */
  rested(): void {
    const first = this.view;
    if (this.isLinked || first === null) return;
    this.against = this.panes.map(({ view }, at) => (view === null ? this.against[at]! : alignmentOf(first, view)));
  }

  toggleLink(): void {
    this.rested();
    this.isLinked = !this.isLinked;
    if (this.active.view !== null) this.moved(this.active, this.active.view);
  }

  /** Shows in the other panes where the pointer is in this one. */
  pointed(from: Pane, place: readonly [number, number] | null): void {
    for (const pane of this.panes) pane.showTwin(this.isLinked && pane !== from ? place : null);
  }

  private follow(leader: Pane, view: View): void {
    const first = toFirst(view, this.against[this.panes.indexOf(leader)]!);
    this.panes.forEach((pane, at) => {
      if (pane !== leader) pane.stage.follow(toOther(first, this.against[at]!));
    });
  }
}
