import { heatmapsSoFar } from '../api/client';
import { fill, h } from '../dom';
import { Legend } from '../panel/legend';
import { section } from '../panel/section';
import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';
import { formatCount } from '../units/plain';
import { say } from '../words/say';
import { type Grid, readGrid, valueAt } from './grid';
import { LAYERS } from './layers';
import { type HeatPainter, newHeatPainter } from './painter';
import { FIRST_SETTINGS, type HeatSettings, withLayer } from './settings';
import { Shading } from './shading';

/** Time between two questions: chunks of tiles come more slowly. */
const EVERY_MS = 1000;

interface LiveListener {
  /** What is drawn changed. */
  changed(): void;
  failed(error: unknown): void;
}

/** The heatmap of a slide that is still being embedded: what each tile says alone, as tiles come. */
export class LiveHeat implements Overlay {
  readonly painter: HeatPainter = newHeatPainter();
  private readonly words = h('p', { class: 'live-words', role: 'status' });
  private readonly legend = new Legend();
  readonly element = section(
    'live-heat',
    say('Heatmap so far'),
    this.words,
    h('p', { class: 'hint' }, say('There is no result yet. What a tile says alone is final; what the slide is called is not known before all are there.')),
    this.legend.element,
  );
  private settings: HeatSettings = withLayer(FIRST_SETTINGS, 'tile');
  private grid: Grid | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  constructor(
    private readonly slide: string,
    private readonly listener: LiveListener,
  ) {
    this.element.hidden = true;
  }

  get isVisible(): boolean {
    return this.grid !== null && this.settings.visible;
  }

  /** The slide has come further. */
  refresh(): void {
    if (performance.now() - this.askedAt < EVERY_MS) return;
    this.askedAt = performance.now();
    void this.load().catch((error: unknown) => this.listener.failed(error));
  }

  toggle(): void {
    this.settings = { ...this.settings, visible: !this.settings.visible };
    this.show();
  }

  /** The value at a place in words; `null` where there is none. */
  point(place: readonly [number, number] | null): string | null {
    const value = place === null || this.grid === null ? null : valueAt(this.grid, ...place);
    this.legend.point(value);
    return value === null || !this.settings.visible ? null : LAYERS.tile.value(value);
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    this.painter.draw(context, frame);
  }

  close(): void {
    this.isClosed = true;
    this.painter.close();
  }

  private async load(): Promise<void> {
    const [first] = await heatmapsSoFar(this.slide);
    if (first === undefined || this.isClosed) return;
    const { task, n_tiles, n_all } = first;
    fill(this.words, say('In progress: {done} of {all} tiles, by {task}.', { done: formatCount(n_tiles), all: formatCount(n_all), task }));
    this.grid = readGrid(first);
    this.show();
  }

  private show(): void {
    if (this.grid === null) return;
    const shading = new Shading(this.settings, this.grid);
    this.painter.show(this.grid, shading);
    this.legend.show('tile', null, shading);
    this.element.hidden = false;
    this.listener.changed();
  }
}
