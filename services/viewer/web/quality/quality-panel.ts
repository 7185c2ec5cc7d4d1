import type { Prediction } from '../api/shapes';
import { fill, h } from '../dom';
import { type Grid, readGrid, valueAt } from '../heatmap/grid';
import { type HeatPainter, newHeatPainter } from '../heatmap/painter';
import { FIRST_SETTINGS, type HeatSettings } from '../heatmap/settings';
import { Shading } from '../heatmap/shading';
import { section } from '../panel/section';
import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';
import { say } from '../words/say';
import { type QualityLayer, type QualityLayerInfo, type QualityOverview, quality, qualityLayer } from './api';
import { BothWays } from './both-ways';
import { QualityLegend } from './quality-legend';
import { summaryBlock } from './summary';
import { QUALITY_LAYERS, qualityValue } from './words';

interface QualityListener {
  /** What is drawn, or whether it is, changed. */
  changed(): void;
  /** A layer covers the slide from now on. */
  covers(): void;
  /** This is painted on, under the other overlays. */
  painted(element: HTMLCanvasElement): void;
  /** Flagged tiles shall be left out of the heatmap; `null` shows all again. */
  leaveOut(flagged: Grid | null): void;
  failed(error: unknown): void;
}

/** How good the slide is under each tile: the layers, their legend, figures, and whether the call holds. */
export class QualityPanel implements Overlay {
  /** Made when the first layer is chosen: browsers have few contexts of the graphics card. */
  private painter: HeatPainter | null = null;
  private readonly layer = h('select', { name: 'quality_layer', 'aria-label': say('Quality layer') });
  private readonly legend = new QualityLegend();
  private readonly summary = h('div', { class: 'quality-summary' });
  private readonly both: BothWays;
  readonly element: HTMLElement;
  private overview: QualityOverview | null = null;
  private asked = '';
  private readonly grids = new Map<string, Promise<Grid>>();
  private shown: { info: QualityLayerInfo; grid: Grid } | null = null;

  constructor(
    private readonly slide: string,
    private readonly listener: QualityListener,
  ) {
    this.both = new BothWays((isWithout) => this.guard(this.leaveOut(isWithout)));
    this.layer.addEventListener('change', () => this.guard(this.choose()));
    this.element = section('quality', say('Quality'), this.summary, this.layer, this.legend.element, this.both.element);
    this.layer.hidden = true;
    fill(this.summary, h('p', { class: 'hint' }, say('Measured while the slide is embedded.')));
  }

  /** Before there is a result to be shown: it is no result and need not wait for the first read. */
  showAlone(): void {
    this.guard(this.load());
  }

  /** Over the tiles of a result, with what the result says without flagged ones. */
  showFor(prediction: Prediction): void {
    this.both.show(prediction);
    if (prediction.evidence?.without_flagged) {
      this.guard(this.load(prediction.encoder.hash).then(() => this.leaveOut(this.both.isWithout)));
    } else {
      this.showNotMeasured();
    }
  }

  /** The value at a place in words; `null` where none is shown. */
  point(place: readonly [number, number] | null): string | null {
    if (place === null || this.shown === null) return null;
    const { info, grid } = this.shown;
    const value = valueAt(grid, ...place);
    return value === null ? null : `${QUALITY_LAYERS[info.layer].name()} ${qualityValue(info, value)}`;
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    this.painter?.draw(context, frame);
  }

  close(): void {
    this.painter?.close();
  }

  private async load(encoder?: string): Promise<void> {
    const asked = encoder ?? 'newest';
    if (this.asked === asked) return;
    this.asked = asked;
    const overview = await quality(this.slide, encoder);
    // Another result may have been chosen meanwhile.
    if (this.asked !== asked) return;
    this.overview = overview;
    fill(this.summary, summaryBlock(overview.summary));
    this.offer(overview.layers);
    await this.choose();
  }

  private showNotMeasured(): void {
    this.asked = '';
    this.overview = null;
    this.layer.hidden = true;
    this.uncover();
    const words = say('Not measured: the slide was embedded before this was done, or its bag was imported.');
    fill(this.summary, h('p', { class: 'hint' }, words));
    this.listener.leaveOut(null);
  }

  private uncover(): void {
    this.shown = null;
    this.legend.hide();
    this.painter?.show(NOTHING, new Shading(settingsOf({ min: 0, max: 1 }, false), NOTHING));
    this.listener.changed();
  }

  private offer(layers: readonly QualityLayerInfo[]): void {
    const chosen = this.layer.value;
    const options = layers.map(({ layer }) => h('option', { value: layer }, QUALITY_LAYERS[layer].name()));
    fill(this.layer, h('option', { value: '' }, say('Show nothing over the slide')), options);
    this.layer.value = layers.some(({ layer }) => layer === chosen) ? chosen : '';
    this.layer.hidden = false;
  }

  private async choose(): Promise<void> {
    const info = this.overview?.layers.find(({ layer }) => layer === this.layer.value);
    if (info === undefined) return this.uncover();
    const grid = await this.grid(info.layer);
    // Another layer may have been chosen while this one was on its way.
    if (this.layer.value !== info.layer) return;
    this.shown = { info, grid };
    const shading = new Shading(settingsOf(info.usual_range, true), grid);
    this.startedPainter().show(grid, shading);
    this.legend.show(info, shading);
    this.listener.covers();
    this.listener.changed();
  }

  private startedPainter(): HeatPainter {
    if (this.painter === null) {
      this.painter = newHeatPainter();
      if (this.painter.element !== null) this.listener.painted(this.painter.element);
    }
    return this.painter;
  }

  private async leaveOut(isWithout: boolean): Promise<void> {
    const flagged = isWithout && this.overview !== null ? await this.grid('flagged') : null;
    this.listener.leaveOut(this.both.isWithout ? flagged : null);
  }

  private grid(layer: QualityLayer): Promise<Grid> {
    const { overview } = this;
    if (overview === null) return Promise.reject(new Error(say('nothing was measured')));
    const name = `${overview.encoder}/${layer}`;
    let grid = this.grids.get(name);
    if (grid === undefined) {
      grid = qualityLayer(overview, layer).then(readGrid);
      this.grids.set(name, grid);
      // What failed is asked for again.
      grid.catch(() => this.grids.delete(name));
    }
    return grid;
  }

  private guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.asked = '';
      this.listener.failed(error);
    });
  }
}

const NOTHING: Grid = { cell_um: 1, columns: 1, rows: 1, values: Float32Array.of(Number.NaN) };

/** Colours of fixed ends, so that slides can be compared. */
function settingsOf({ min, max }: { min: number; max: number }, visible: boolean): HeatSettings {
  return { ...FIRST_SETTINGS, visible, layer: 'tile', colormap: 'magma', scale: 'value', low: min, high: max };
}
