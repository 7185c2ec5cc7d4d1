import type { Geometry, Position } from '../api/case-shapes';
import type { Manifest } from '../api/shapes';
import { h } from '../dom';
import type { Frame } from '../slide/frame';
import type { AnnotationOverlay } from './annotation-overlay';
import { BrushMask } from './brush';

export type Tool = 'point' | 'polygon' | 'brush';

/** The slide as something to draw on. */
export interface Surface {
  readonly element: HTMLElement;
  frame(): Frame | null;
  redraw(): void;
}

const BRUSH_PX = 12;
/** Cells of the brush, in pixels of the window: finer than a hand draws. */
const CELL_PX = 2;
/** A click this near to the first corner closes a polygon. */
const NEAR_PX = 10;

interface PadListener {
  drawn(geometry: Geometry): void;
  /** A tool of another pad over the same slide was taken in hand. */
  lost(): void;
}

/** Told to all pads of a slide when one of them takes a tool in hand. */
const TAKEN = 'coverslip:tool-taken';

/** Lies over the slide while a tool is in hand, and turns what the pointer does into shapes. */
export class DrawingPad {
  private readonly pad = h('div', { class: 'drawing-pad', hidden: true });
  private tool: Tool | null = null;
  private last: Position | null = null;
  private mask: BrushMask | null = null;

  constructor(
    private readonly surface: Surface,
    private readonly manifest: Manifest,
    private readonly overlay: AnnotationOverlay,
    private readonly listener: PadListener,
  ) {
    // Inside OpenSeadragon's own element the wheel still zooms; what draws does not also move the slide.
    (surface.element.querySelector('.overlays')?.parentElement ?? surface.element).append(this.pad);
    this.listen('pointerdown', (event) => this.down(event));
    this.listen('pointermove', (event) => this.moved(event));
    this.listen('pointerup', () => this.up());
    for (const name of ['click', 'dblclick', 'contextmenu'] as const) this.listen(name, () => {});
    this.pad.addEventListener('dblclick', () => this.close());
    surface.element.addEventListener(TAKEN, ({ target }) => {
      if (target !== this.pad && this.tool !== null) listener.lost();
    });
  }

  /** `null` puts the tool away. */
  take(tool: Tool | null): void {
    this.tool = tool;
    this.pad.hidden = tool === null;
    this.forget();
    if (tool !== null) this.pad.dispatchEvent(new Event(TAKEN, { bubbles: true }));
  }

  /** Closes the polygon that is being drawn. */
  close(): void {
    // The second click of a double click is a corner of its own.
    const corners = withoutRepeats(this.overlay.open);
    this.forget();
    if (corners.length >= 3) this.listener.drawn({ type: 'Polygon', coordinates: [[...corners, corners[0]!]] });
  }

  forget(): void {
    this.overlay.open = [];
    this.overlay.stroke = null;
    this.mask = null;
    this.last = null;
    this.surface.redraw();
  }

  private listen<Name extends keyof HTMLElementEventMap>(name: Name, act: (event: HTMLElementEventMap[Name]) => void): void {
    this.pad.addEventListener(name, (event) => {
      event.stopPropagation();
      act(event);
    });
  }

  private down(event: PointerEvent): void {
    const place = this.place(event);
    if (place === null || event.button !== 0) return;
    if (this.tool === 'point') this.listener.drawn({ type: 'Point', coordinates: place });
    if (this.tool === 'polygon') this.corner(place);
    if (this.tool === 'brush') {
      this.pad.setPointerCapture(event.pointerId);
      this.mask = new BrushMask(this.inPixels(CELL_PX));
      this.brush(place);
    }
  }

  private moved(event: PointerEvent): void {
    const place = this.mask === null ? null : this.place(event);
    if (place !== null) this.brush(place);
  }

  private up(): void {
    const coordinates = this.mask?.polygons() ?? [];
    if (this.mask === null) return;
    this.forget();
    if (coordinates.length > 0) this.listener.drawn({ type: 'MultiPolygon', coordinates: coordinates.map(this.onSlide) });
  }

  private corner(place: Position): void {
    const [first] = this.overlay.open;
    const isBack = first !== undefined && this.overlay.open.length >= 3 && distance(first, place) < this.inPixels(NEAR_PX);
    if (isBack) return this.close();
    this.overlay.open = [...this.overlay.open, place];
    this.surface.redraw();
  }

  private brush(place: Position): void {
    const radius = this.inPixels(BRUSH_PX);
    this.mask?.stroke(this.last ?? place, place, radius);
    this.last = place;
    this.overlay.stroke = { places: [...(this.overlay.stroke?.places ?? []), place], radius };
    this.surface.redraw();
  }

  /** In pixels of level 0; `null` off the slide. */
  private place(event: PointerEvent): Position | null {
    const box = this.surface.element.getBoundingClientRect();
    const glass = this.surface.frame()?.toGlass(event.clientX - box.x, event.clientY - box.y);
    if (glass === undefined) return null;
    const [x, y] = glass.map((um) => um / this.manifest.mpp) as Position;
    const { width, height } = this.manifest.size;
    return x >= 0 && y >= 0 && x <= width && y <= height ? [x, y] : null;
  }

  /** So many pixels of the window, in pixels of level 0. */
  private inPixels(window_px: number): number {
    return (window_px * (this.surface.frame()?.view.um_per_px ?? 1)) / this.manifest.mpp;
  }

  /** A brush may reach over the edge. */
  private readonly onSlide = (rings: Position[][]): Position[][] => {
    const { width, height } = this.manifest.size;
    const inside = (value: number, most: number) => Math.min(most, Math.max(0, value));
    return rings.map((ring) => ring.map(([x, y]): Position => [inside(x, width), inside(y, height)]));
  };
}

function distance([x1, y1]: Position, [x2, y2]: Position): number {
  return Math.hypot(x2 - x1, y2 - y1);
}

function withoutRepeats(places: readonly Position[]): Position[] {
  return places.filter((place, n) => n === 0 || distance(place, places[n - 1]!) > 0);
}
