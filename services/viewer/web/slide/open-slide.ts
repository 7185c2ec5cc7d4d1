import type { Manifest, Prediction, Slide } from '../api/shapes';
import { fill, h } from '../dom';
import { HeatPanel } from '../heatmap/heat-panel';
import { showHelp } from '../page/help';
import { leavesFigures } from '../panel/abstention';
import { DecisiveSection, decisiveTiles } from '../panel/decisive';
import { Evidence } from '../panel/evidence';
import { infoSection, timingSection } from '../panel/info';
import { resultSection } from '../panel/result';
import { taskPicker } from '../panel/task-picker';
import { waitingSection } from '../panel/waiting';
import type { View } from '../route';
import type { Commands, Movement } from './commands';
import type { Frame } from './frame';
import type { Overlay } from './overlays';
import { Readout } from './readout';
import { Stage } from './stage';
import { TileMarks } from './tile-marks';
import { Tissue, TissueOverlay } from './tissue';
import { Toolbar } from './toolbar';

const TOP_TILES = { colour: '#ffffff', width_px: 1.5 };
const DECISIVE_TILES = { colour: '#00e5ff', width_px: 3 };

/** Tiles a reader can go to: their marks on the slide, and their pictures in the panel. */
interface TileList {
  marks: TileMarks;
  pictures: Evidence | DecisiveSection;
}

export interface Places {
  stage: HTMLElement;
  panel: HTMLElement;
  /** What people say of the slide; it stands below the result, whichever is shown. */
  people: HTMLElement;
}

export interface OpenSlideListener {
  rest(view: View): void;
  failed(error: unknown): void;
}

/** A slide on the screen: the slide itself, its overlays, and the panel beside it. */
export class OpenSlide implements Commands {
  readonly movement: Movement;
  private readonly stage: Stage;
  private readonly readout = new Readout();
  private readonly toolbar = new Toolbar(this);
  private readonly tissue: Tissue;
  private readonly tissueOverlay: TissueOverlay;
  private heat: HeatPanel | null = null;
  private topTiles: TileList | null = null;
  private decisive: TileList | null = null;
  private marksVisible = true;
  /** Drawn over all the rest. */
  private readonly added: Overlay[] = [];
  /** Where progress is shown until there is a result. */
  private waitingPlace: HTMLElement | null = null;

  constructor(
    private readonly places: Places,
    private readonly manifest: Manifest,
    view: View | null,
    private readonly listener: OpenSlideListener,
  ) {
    this.tissue = new Tissue(manifest.tissue);
    this.tissueOverlay = new TissueOverlay(this.tissue);
    const overlays: Overlay[] = [{ draw: (...on) => this.draw(...on) }];
    fill(places.stage);
    this.stage = new Stage({
      place: places.stage,
      manifest,
      view,
      overlays,
      onMove: (frame) => this.moved(frame),
      onRest: (resting) => listener.rest(resting),
      onFailure: (message) => listener.failed(new Error(message)),
    });
    this.movement = this.stage;
    places.stage.append(this.toolbar.element, this.readout.scaleBar, this.readout.element);
    this.followPointer();
    this.showToggles();
  }

  close(): void {
    this.stage.close();
    fill(this.places.stage);
    fill(this.places.panel);
  }

  /** Shows where the slide stands while there is no result. */
  showProgress(slide: Slide): void {
    if (this.waitingPlace !== null) return fill(this.waitingPlace, waitingSection(slide));
    this.waitingPlace = h('div', {}, waitingSection(slide));
    fill(this.places.panel, this.waitingPlace, this.places.people, ...this.slideSections(slide));
  }

  /** Shows one of the results and all that hangs on it. */
  showResult(slide: Slide, results: readonly Prediction[], chosen: Prediction): void {
    this.heat = this.newHeat(chosen);
    this.topTiles = this.newTopTiles(chosen);
    this.decisive = this.newDecisive(chosen);
    fill(
      this.places.panel,
      taskPicker(results, chosen, (other) => this.showResult(slide, results, other)),
      resultSection(chosen),
      this.places.people,
      this.heat.element,
      this.decisive?.pictures.element,
      this.topTiles.pictures.element,
      ...this.slideSections(slide),
    );
    this.showToggles();
  }

  /** Draws `overlay` over all the rest; the answer is what it is drawn on. */
  drawOver(overlay: Overlay): Stage {
    this.added.push(overlay);
    return this.stage;
  }

  goTo(view: View): void {
    this.stage.goTo(view, 'glide');
  }

  toggleHeatmap(): void {
    this.heat?.toggle();
  }

  toggleTissue(): void {
    this.tissueOverlay.visible = !this.tissueOverlay.visible;
    this.showToggles();
  }

  toggleMarks(): void {
    this.marksVisible = !this.marksVisible;
    this.showToggles();
  }

  stepTile(steps: number): void {
    const { topTiles } = this;
    const n_tiles = topTiles?.marks.tiles.length ?? 0;
    if (topTiles === null || n_tiles === 0) return;
    const chosen = topTiles.marks.chosen ?? (steps > 0 ? -1 : n_tiles);
    this.choose(topTiles, (chosen + steps + n_tiles) % n_tiles);
  }

  toggleFullScreen(): void {
    const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    change.catch((error: unknown) => this.listener.failed(error));
  }

  showHelp(): void {
    showHelp();
  }

  private slideSections(slide: Slide): (HTMLElement | null)[] {
    return [infoSection(slide, this.manifest, this.tissue), timingSection(slide.timings)];
  }

  private newHeat(prediction: Prediction): HeatPanel {
    return new HeatPanel(prediction, {
      changed: () => this.showToggles(),
      failed: (error) => this.listener.failed(error),
    });
  }

  private newTopTiles(prediction: Prediction): TileList {
    const list: TileList = {
      marks: new TileMarks(prediction.top_tiles, TOP_TILES),
      pictures: new Evidence(this.manifest, prediction, (position) => this.choose(list, position)),
    };
    return list;
  }

  private newDecisive({ evidence, abstention }: Prediction): TileList | null {
    if (evidence === undefined || !leavesFigures(abstention)) return null;
    const list: TileList = {
      marks: new TileMarks(decisiveTiles(evidence.decisive), DECISIVE_TILES),
      pictures: new DecisiveSection(this.manifest, evidence, (position) => this.choose(list, position)),
    };
    return list;
  }

  /** Goes to a tile of a list; it is then the only one chosen. */
  private choose(list: TileList, position: number): void {
    const tile = list.marks.tiles[position];
    if (tile === undefined) return;
    for (const other of [this.topTiles, this.decisive]) {
      if (other === null) continue;
      other.marks.chosen = other === list ? position : null;
      other.pictures.setChosen(other.marks.chosen);
    }
    this.stage.show(tile.rect_um);
    this.stage.redraw();
  }

  private draw(context: CanvasRenderingContext2D, frame: Frame): void {
    // A tile may be in both lists: the chosen outline is drawn over the other.
    const marks = [this.topTiles?.marks, this.decisive?.marks];
    if (typeof this.topTiles?.marks.chosen === 'number') marks.reverse();
    for (const overlay of [this.heat?.overlay, this.tissueOverlay, ...marks, ...this.added]) {
      context.save();
      overlay?.draw(context, frame);
      context.restore();
    }
  }

  private showToggles(): void {
    this.toolbar.setPressed('heatmap', this.heat?.isVisible ?? false);
    this.toolbar.setPressed('tissue', this.tissueOverlay.visible);
    for (const list of [this.topTiles, this.decisive]) if (list !== null) list.marks.visible = this.marksVisible;
    this.toolbar.setPressed('marks', this.topTiles !== null && this.marksVisible);
    this.stage.redraw();
  }

  private moved(frame: Frame): void {
    this.readout.move(frame);
    this.toolbar.setScale(frame.view.um_per_px);
  }

  private followPointer(): void {
    const { element } = this.stage;
    element.addEventListener('pointermove', (event) => {
      const box = element.getBoundingClientRect();
      const place = this.stage.frame()?.toGlass(event.clientX - box.x, event.clientY - box.y) ?? null;
      this.readout.point(place, this.heat?.point(place) ?? null);
    });
    element.addEventListener('pointerleave', () => {
      this.readout.point(null, null);
      this.heat?.point(null);
    });
  }
}
