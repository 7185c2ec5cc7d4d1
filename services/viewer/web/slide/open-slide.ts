import type { Manifest, Prediction, Slide } from '../api/shapes';
import { fill, h } from '../dom';
import { HeatPanel } from '../heatmap/heat-panel';
import { showHelp } from '../page/help';
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

export interface Places {
  stage: HTMLElement;
  panel: HTMLElement;
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
  private marks: TileMarks | null = null;
  private evidence: Evidence | null = null;
  private result: Prediction | null = null;
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
    fill(this.places.panel, this.waitingPlace, ...this.slideSections(slide));
  }

  /** Shows one of the results and all that hangs on it. */
  showResult(slide: Slide, results: readonly Prediction[], chosen: Prediction): void {
    this.result = chosen;
    this.heat = this.newHeat(chosen);
    this.marks = new TileMarks(chosen.top_tiles);
    this.evidence = new Evidence(this.manifest, chosen, (position) => this.chooseTile(position));
    fill(
      this.places.panel,
      taskPicker(results, chosen, (other) => this.showResult(slide, results, other)),
      resultSection(chosen),
      this.heat.element,
      this.evidence.element,
      ...this.slideSections(slide),
    );
    this.showToggles();
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
    if (this.marks !== null) this.marks.visible = !this.marks.visible;
    this.showToggles();
  }

  stepTile(steps: number): void {
    const n_tiles = this.result?.top_tiles.length ?? 0;
    if (n_tiles === 0) return;
    const chosen = this.marks?.chosen ?? (steps > 0 ? -1 : n_tiles);
    this.chooseTile((chosen + steps + n_tiles) % n_tiles);
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

  private chooseTile(position: number): void {
    const tile = this.result?.top_tiles[position];
    if (tile === undefined || this.marks === null) return;
    this.marks.chosen = position;
    this.evidence?.setChosen(position);
    this.stage.show(tile.rect_um);
    this.stage.redraw();
  }

  private draw(context: CanvasRenderingContext2D, frame: Frame): void {
    for (const overlay of [this.heat?.overlay, this.tissueOverlay, this.marks]) {
      context.save();
      overlay?.draw(context, frame);
      context.restore();
    }
  }

  private showToggles(): void {
    this.toolbar.setPressed('heatmap', this.heat?.isVisible ?? false);
    this.toolbar.setPressed('tissue', this.tissueOverlay.visible);
    this.toolbar.setPressed('marks', this.marks?.visible ?? false);
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
