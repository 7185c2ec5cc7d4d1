import type { Tiled } from '../api/shapes';
import type { SlideColour } from '../colour/slide-colour';
import { fill, h } from '../dom';
import { showHelp } from '../page/help';
import type { CompareRoute, View } from '../route';
import type { Commands, CompareCommands, Movement } from '../slide/commands';
import { toggleFullScreen } from '../slide/full-screen';
import { copyText } from '../slide/link';
import { Toolbar } from '../slide/toolbar';
import { say } from '../words/say';
import { LinkedPanes } from './linked-panes';
import { Pane } from './pane';

export interface CompareViewListener {
  /** All lies still: the address that shows this again. */
  rest(route: CompareRoute): void;
  /** Only these slides are wanted any more. */
  keep(ids: readonly string[], view: View | null): void;
  /** Other slides are wanted beside these. */
  chooseBeside(ids: readonly string[], view: View | null): void;
  failed(error: unknown): void;
}

interface ShownSlide {
  tiled: Tiled;
  name: string;
}

/** Slides beside each other on the screen, with the buttons that move them. */
export class CompareView implements Commands {
  readonly compare: CompareCommands;
  private readonly panes: readonly Pane[];
  private readonly linked: LinkedPanes;
  private readonly toolbar: Toolbar;
  private readonly message = h('output', { class: 'compare-message' });

  constructor(
    shown: readonly ShownSlide[],
    route: CompareRoute,
    place: HTMLElement,
    private readonly listener: CompareViewListener,
  ) {
    const [bar, grid] = [h('div', { class: 'compare-bar' }), h('div', { class: 'panes' })];
    grid.dataset.count = String(shown.length);
    fill(place, h('div', { class: 'compare' }, bar, grid));
    this.compare = { toggleLink: () => this.toggleLink() };
    this.toolbar = new Toolbar(this);
    fill(bar, this.toolbar.element, this.message);
    this.panes = shown.map((slide, at) => this.newPane(grid, slide, at === 0 ? route.view : null));
    this.linked = new LinkedPanes(this.panes, route.alignments);
    this.toolbar.setPressed('link', true);
    this.showColour();
  }

  /** Moves whichever slide was turned to last. */
  get movement(): Movement {
    return this.linked.active.stage;
  }

  close(): void {
    for (const pane of this.panes) pane.stage.close();
  }

  goTo(view: View): void {
    this.linked.choose(this.panes[0]!);
    this.panes[0]!.stage.goTo(view, 'glide');
  }

  /** All slides alike: as the first of them that can change changes. */
  toggleColour(): void {
    const colours = this.panes.map(({ stage }) => stage.colour);
    const leader = colours.find(canChange)?.state;
    for (const colour of colours) if (canChange(colour) && colour.state === leader) colour.toggle();
  }

  chooseBeside(): void {
    this.listener.chooseBeside(this.ids(), this.linked.view);
  }

  copyLink(): void {
    this.rest();
    copyText(location.href).then(
      () => fill(this.message, say('Link copied')),
      (error: unknown) => this.listener.failed(error),
    );
  }

  toggleFullScreen(): void {
    toggleFullScreen().catch((error: unknown) => this.listener.failed(error));
  }

  showHelp(): void {
    showHelp(this);
  }

  private newPane(grid: HTMLElement, { tiled, name }: ShownSlide, view: View | null): Pane {
    return new Pane(grid, tiled, name, view, {
      chosen: (pane) => this.linked.choose(pane),
      moved: (pane, { view: now }) => {
        this.linked.moved(pane, now);
        if (pane === this.linked.active) this.toolbar.setScale(now.um_per_px);
      },
      rest: () => this.rest(),
      pointed: (pane, place) => this.linked.pointed(pane, place),
      coloured: () => this.showColour(),
      closed: (pane) => this.listener.keep(this.ids().filter((id) => id !== pane.manifest.slide), this.linked.view),
      failed: (error) => this.listener.failed(error),
    });
  }

  private showColour(): void {
    const colours = this.panes.map(({ stage }) => stage.colour);
    this.toolbar.showColour((colours.find(canChange) ?? colours[0]!).state);
  }

  private toggleLink(): void {
    this.linked.toggleLink();
    this.toolbar.setPressed('link', this.linked.isLinked);
    fill(this.message, this.linked.isLinked ? say('The slides move together.') : say('Each slide moves by itself: bring them in line.'));
    this.rest();
  }

  private rest(): void {
    this.linked.rested();
    this.listener.rest({ page: 'compare', ids: this.ids(), view: this.linked.view, alignments: this.linked.alignments });
  }

  private ids(): string[] {
    return this.panes.map(({ manifest }) => manifest.slide);
  }
}

function canChange({ state }: SlideColour): boolean {
  return state === 'corrected' || state === 'as scanned';
}
