import type { Manifest, Tiled } from '../api/shapes';
import { h } from '../dom';
import { icon } from '../icons';
import { formatRoute, type View } from '../route';
import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';
import { Readout } from '../slide/readout';
import { Stage } from '../slide/stage';
import { Tissue } from '../slide/tissue';
import { say } from '../words/say';

interface PaneListener {
  /** Someone turned to this slide. */
  chosen(pane: Pane): void;
  moved(pane: Pane, frame: Frame): void;
  rest(pane: Pane): void;
  /** The pointer, in pixels from the middle of the window; `null` once it left. */
  pointed(from: Pane, place: readonly [number, number] | null): void;
  /** The colours of the slide are corrected, or no longer. */
  coloured(): void;
  closed(pane: Pane): void;
  failed(error: unknown): void;
}

/** One of several slides beside each other. */
export class Pane {
  readonly element: HTMLElement;
  readonly manifest: Manifest;
  readonly stage: Stage;
  private readonly readout = new Readout();
  private readonly twin = new TwinPointer();

  /** `grid` must be on the page: the slide takes its size from there. */
  constructor(
    grid: HTMLElement,
    tiled: Tiled,
    readonly name: string,
    view: View | null,
    private readonly listener: PaneListener,
  ) {
    this.manifest = tiled.manifest;
    this.element = h('section', { class: 'pane', 'aria-label': name });
    grid.append(this.element);
    this.stage = new Stage({
      place: this.element,
      tiled,
      view,
      overlays: [this.twin],
      onMove: (frame) => {
        this.readout.move(frame);
        listener.moved(this, frame);
      },
      onRest: () => listener.rest(this),
      onTap: () => false,
      onColour: (state) => {
        this.readout.showColour(state);
        listener.coloured();
      },
      onFailure: (message) => listener.failed(new Error(message)),
    });
    this.element.append(this.header(), this.readout.scaleBar, this.readout.element);
    this.readout.showColour(this.stage.colour.state);
    this.listen();
  }

  get view(): View | null {
    return this.stage.frame()?.view ?? null;
  }

  /** The middle of the tissue, in micrometres: where two slides of one block most likely match. */
  middle(): [number, number] {
    const { size, mpp, tissue } = this.manifest;
    return new Tissue(tissue).middle_um() ?? [(size.width * mpp) / 2, (size.height * mpp) / 2];
  }

  /** Shows where the pointer is in another pane. */
  showTwin(place: readonly [number, number] | null): void {
    this.twin.place = place;
    this.stage.redraw();
  }

  private header(): HTMLElement {
    const alone = h('a', { href: formatRoute({ page: 'slide', id: this.manifest.slide, view: null }) }, this.name);
    const title = say('Close {name}', { name: this.name });
    const close = h(
      'button',
      { class: 'icon-button', title, 'aria-label': title, onclick: () => this.listener.closed(this) },
      icon('close'),
    );
    return h('header', { class: 'pane-header' }, alone, close);
  }

  private listen(): void {
    for (const event of ['pointerdown', 'wheel', 'focusin'] as const) {
      this.element.addEventListener(event, () => this.listener.chosen(this), { capture: true, passive: true });
    }
    const { element } = this.stage;
    element.addEventListener('pointermove', (event) => {
      const box = element.getBoundingClientRect();
      const [x, y] = [event.clientX - box.x, event.clientY - box.y];
      this.readout.point(this.stage.frame()?.toGlass(x, y) ?? null, null);
      this.listener.pointed(this, [x - box.width / 2, y - box.height / 2]);
    });
    element.addEventListener('pointerleave', () => {
      this.readout.point(null, null);
      this.listener.pointed(this, null);
    });
  }
}

const ARM_PX = 9;

/** A cross where the pointer would be, were it here. */
class TwinPointer implements Overlay {
  place: readonly [number, number] | null = null;

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.place === null) return;
    frame.drawInPixels(context);
    const [x, y] = [this.place[0] + frame.window.width / 2, this.place[1] + frame.window.height / 2];
    context.beginPath();
    context.moveTo(x - ARM_PX, y);
    context.lineTo(x + ARM_PX, y);
    context.moveTo(x, y - ARM_PX);
    context.lineTo(x, y + ARM_PX);
    context.strokeStyle = 'rgb(0 0 0 / 70%)';
    context.lineWidth = 4;
    context.stroke();
    context.strokeStyle = '#ffe14d';
    context.lineWidth = 1.5;
    context.stroke();
  }
}
