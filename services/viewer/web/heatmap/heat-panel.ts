import { heatmap } from '../api/client';
import type { Layer, Manifest, MicrometreRect, Prediction } from '../api/shapes';
import type { ShownLayer } from '../route';
import { withoutFlagged } from '../quality/mask';
import { HeatControls } from '../panel/heat-controls';
import { Legend } from '../panel/legend';
import { section } from '../panel/section';
import type { Frame } from '../slide/frame';
import type { Overlay } from '../slide/overlays';
import { say } from '../words/say';
import { ContourOverlay } from './contour-overlay';
import { contours, type Ring } from './contours';
import { cellAt, type Grid, readGrid, shareBelow, sortedValues, valueAt } from './grid';
import { LAYERS, layersOf } from './layers';
import { type HeatPainter, newHeatPainter } from './painter';
import { RegionList } from './regions';
import { FIRST_SETTINGS, type HeatSettings, withLayer } from './settings';
import { Shading } from './shading';
import { TileCard } from './tile-card';

interface HeatListener {
  /** What is drawn, or whether it is, changed. */
  changed(isVisible: boolean): void;
  /** Someone wants to see a region. */
  show(rect: MicrometreRect): void;
  failed(error: unknown): void;
}

/** Joins the heatmap's values, its picture over the slide, its controls and its legend. */
export class HeatPanel implements Overlay {
  readonly element: HTMLElement;
  readonly painter: HeatPainter = newHeatPainter();
  /** The tile under the pointer. */
  readonly card: TileCard;
  private readonly outlines = new ContourOverlay();
  private readonly regions: RegionList;
  private readonly controls: HeatControls;
  private readonly legend = new Legend();
  private readonly grids = new Map<Layer, Promise<Grid>>();
  private settings: HeatSettings = FIRST_SETTINGS;
  private grid: Grid | null = null;
  /** Tiles that are left out, if any. */
  private flagged: Grid | null = null;

  constructor(
    manifest: Manifest,
    private readonly prediction: Prediction,
    first: ShownLayer | undefined,
    private readonly listener: HeatListener,
  ) {
    const layers = layersOf(prediction);
    if (!layers.includes(this.settings.layer)) this.settings = withLayer(this.settings, layers[0]!);
    this.settings = this.settingsFor(first);
    this.controls = new HeatControls(this.settings, layers, (settings) => void this.apply(settings));
    this.regions = new RegionList((rect) => listener.show(rect));
    this.card = new TileCard(manifest);
    this.element = section('heatmap', say('Heatmap'), this.controls.element, this.legend.element, this.regions.element);
    void this.apply(this.settings);
  }

  get isVisible(): boolean {
    return this.settings.visible;
  }

  get shownLayer(): ShownLayer {
    return this.settings.visible ? this.settings.layer : 'off';
  }

  showLayer(shown: ShownLayer): void {
    if (shown !== this.shownLayer) void this.apply(this.settingsFor(shown));
  }

  toggle(): void {
    void this.apply({ ...this.settings, visible: !this.settings.visible });
  }

  /** Leaves flagged tiles out; `null` shows all. */
  leaveOut(flagged: Grid | null): void {
    if (flagged === this.flagged) return;
    this.flagged = flagged;
    void this.apply({ ...this.settings });
  }

  close(): void {
    this.painter.close();
    this.card.element.remove();
  }

  draw(context: CanvasRenderingContext2D, frame: Frame): void {
    for (const overlay of [this.painter, this.outlines]) {
      context.save();
      overlay.draw(context, frame);
      context.restore();
    }
  }

  /** Marks the value at a place on the legend and says it in words; `null` where there is none. */
  point(place: readonly [number, number] | null): string | null {
    const value = place === null || this.grid === null ? null : valueAt(this.grid, ...place);
    this.legend.point(value);
    if (value === null || place === null || this.grid === null || !this.settings.visible) {
      this.card.hide();
      return null;
    }
    const words = LAYERS[this.settings.layer].value(value);
    const below = Math.floor(shareBelow(sortedValues(this.grid), value) * 100);
    this.card.show(cellAt(this.grid, ...place), [words, say('higher than {percent} % of tiles', { percent: below })]);
    return words;
  }

  /** A layer that this result has not leaves all as it is. */
  private settingsFor(shown: ShownLayer | undefined): HeatSettings {
    if (shown === 'off') return { ...this.settings, visible: false };
    if (shown === undefined || !layersOf(this.prediction).includes(shown)) return this.settings;
    const settings = { ...this.settings, visible: true };
    return shown === settings.layer ? settings : withLayer(settings, shown);
  }

  private async apply(settings: HeatSettings): Promise<void> {
    this.settings = settings;
    try {
      const all = await this.load(settings.layer);
      const grid = this.flagged === null ? all : withoutFlagged(all, this.flagged);
      // Someone may have chosen again while this layer was on its way.
      if (this.settings !== settings) return;
      this.grid = grid;
      const shading = new Shading(settings, grid);
      this.painter.show(grid, shading);
      this.showRegions(grid, shading);
      this.controls.show(settings, grid);
      const figures = this.prediction.evidence?.layers.find(({ layer }) => layer === settings.layer);
      this.legend.show(settings.layer, figures?.faithfulness ?? null, shading);
      this.listener.changed(settings.visible);
    } catch (error) {
      this.grids.delete(settings.layer);
      this.listener.failed(error);
    }
  }

  private showRegions(grid: Grid, shading: Shading): void {
    const { visible, threshold } = shading.settings;
    const rings: Ring[] =
      visible && threshold !== null ? contours(grid, (value) => shading.strength(value), threshold) : [];
    this.outlines.show(rings);
    this.regions.show(rings);
  }

  private load(layer: Layer): Promise<Grid> {
    let grid = this.grids.get(layer);
    if (grid === undefined) {
      grid = heatmap(this.prediction.slide, this.prediction.task.id, layer).then(readGrid);
      this.grids.set(layer, grid);
    }
    return grid;
  }
}
