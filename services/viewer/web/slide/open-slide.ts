import type { Manifest, MicrometreRect, Prediction, Slide, Tiled } from '../api/shapes';
import type { ColourState } from '../colour/slide-colour';
import { fill, h } from '../dom';
import { HeatPanel } from '../heatmap/heat-panel';
import { layersOf } from '../heatmap/layers';
import { LiveHeat } from '../heatmap/live-heat';
import { Measuring } from '../measure/measuring';
import type { Measurement, MeasurementKind } from '../measure/measurement';
import { showHelp } from '../page/help';
import { infoSection, timingSection } from '../panel/info';
import { resultSection } from '../panel/result';
import { taskPicker } from '../panel/task-picker';
import { waitingSection } from '../panel/waiting';
import { QualityPanel } from '../quality/quality-panel';
import type { ShownLayer, View } from '../route';
import { say } from '../words/say';
import type { Commands, MeasureCommands, Movement, OverlayCommands } from './commands';
import type { Frame } from './frame';
import { toggleFullScreen } from './full-screen';
import { copyText } from './link';
import type { Overlay } from './overlays';
import { Readout } from './readout';
import { Stage } from './stage';
import { TileLists } from './tile-lists';
import { Tissue, TissueOverlay } from './tissue';
import { Toolbar } from './toolbar';

const MEASURE_HINTS: Record<MeasurementKind, string> = {
  line: say('Place both ends'),
  area: say('Place the corners; the first again closes it'),
};

export interface Places {
  stage: HTMLElement;
  panel: HTMLElement;
  /** Tasks without a result; it stands below those that have one, and what leads there above. */
  failures: { notice: HTMLElement; element: HTMLElement };
  /** What people say of the slide; it stands below the result, whichever is shown. */
  people: HTMLElement;
}

/** What a link to the slide holds; `layer` is undefined before there is a heatmap. */
export interface Shown {
  view: View | null;
  layer?: ShownLayer | undefined;
}

export interface OpenSlideListener {
  /** The slide lies still, or shows another layer. */
  rest(shown: Shown): void;
  /** The slide is about to leap to another place: the way back should lead here. */
  leap(): void;
  togglePanel(): void;
  /** Another slide is wanted beside this view. */
  chooseBeside(view: View | null): void;
  failed(error: unknown): void;
}

/** A slide on the screen: the slide itself, its overlays, and the panel beside it. */
export class OpenSlide implements Commands {
  readonly movement: Movement;
  readonly overlays: OverlayCommands;
  readonly measure: MeasureCommands;
  private readonly manifest: Manifest;
  private readonly stage: Stage;
  private readonly readout = new Readout();
  private readonly toolbar: Toolbar;
  private readonly tissue: Tissue;
  private readonly tissueOverlay: TissueOverlay;
  private readonly measuring: Measuring;
  private heat: HeatPanel | null = null;
  /** In place of it until there is a result. */
  private live: LiveHeat | null = null;
  private readonly quality: QualityPanel;
  private tiles: TileLists | null = null;
  private marksVisible = true;
  /** Drawn over all the rest. */
  private readonly added: Overlay[] = [];
  /** The task whose result is shown. */
  private chosen: string | null = null;
  /** Where progress is shown until there is a result. */
  private waitingPlace: HTMLElement | null = null;

  constructor(
    private readonly places: Places,
    private readonly tiled: Tiled,
    private readonly first: Shown,
    private readonly listener: OpenSlideListener,
  ) {
    const { manifest } = tiled;
    this.manifest = manifest;
    this.tissue = new Tissue(manifest.tissue);
    this.tissueOverlay = new TissueOverlay(this.tissue);
    this.measuring = new Measuring(manifest.slide, {
      changed: () => this.showToggles(),
      show: (rect) => this.leapTo(rect),
    });
    fill(places.stage);
    this.stage = this.newStage();
    this.quality = this.newQuality();
    this.movement = this.stage;
    this.overlays = this.overlayCommands();
    this.measure = this.measureCommands();
    this.toolbar = new Toolbar(this);
    places.stage.append(this.toolbar.element, this.readout.scaleBar, this.readout.element);
    this.followPointer();
    this.showColour(this.stage.colour.state);
    this.showToggles();
  }

  close(): void {
    this.heat?.close();
    this.quality.close();
    this.closeLive();
    this.stage.close();
    fill(this.places.stage);
    fill(this.places.panel);
  }

  /** Shows where the slide stands while there is no result. */
  showProgress(slide: Slide): void {
    if (this.waitingPlace === null) {
      this.waitingPlace = h('div', {});
      const { panel, failures, people } = this.places;
      this.live = this.newLive();
      fill(
        panel,
        this.waitingPlace,
        failures.element,
        this.live.element,
        people,
        this.measuring.element,
        this.quality.element,
        ...this.slideSections(slide),
      );
    }
    fill(this.waitingPlace, waitingSection(slide));
    if (isBeingEmbedded(slide)) this.live?.refresh();
    if (slide.status.state === 'scored') this.quality.showAlone();
  }

  /** Shows one of the results and all that hangs on it. */
  showResult(slide: Slide, results: readonly Prediction[], chosen: Prediction): void {
    this.closeLive();
    this.chosen = chosen.task.id;
    this.heat = this.newHeat(chosen);
    this.tiles = new TileLists(this.manifest, chosen, (rect) => this.leapTo(rect));
    const { panel, failures, people } = this.places;
    fill(
      panel,
      taskPicker(results, chosen, (other) => this.showResult(slide, results, other)),
      failures.notice,
      resultSection(chosen),
      failures.element,
      people,
      this.measuring.element,
      this.heat?.element ?? null,
      this.quality.element,
      ...this.tiles.elements,
      ...this.slideSections(slide),
    );
    this.quality.showFor(chosen);
    this.showToggles();
  }

  get chosenTask(): string | null {
    return this.chosen;
  }

  /** Draws `overlay` over all the rest; the answer is what it is drawn on. */
  drawOver(overlay: Overlay): Stage {
    this.added.push(overlay);
    return this.stage;
  }

  /** Lets measurements be kept with the slide. */
  keepMeasurementsWith(store: (measurement: Measurement) => Promise<void>): void {
    this.measuring.storeWith(store);
  }

  goTo({ view, layer }: Shown): void {
    if (view !== null) this.stage.goTo(view, 'glide');
    if (layer !== undefined) this.heat?.showLayer(layer);
  }

  /** Goes to a rectangle of glass; the way back leads here. */
  leapTo(rect: MicrometreRect): void {
    this.listener.rest(this.shown());
    this.listener.leap();
    this.stage.show(rect);
    this.stage.redraw();
  }

  toggleColour(): void {
    this.stage.colour.toggle();
  }

  chooseBeside(): void {
    this.listener.chooseBeside(this.stage.frame()?.view ?? null);
  }

  copyLink(): void {
    // The slide may still be moving: the link is to what is seen now.
    this.listener.rest(this.shown());
    copyText(location.href).then(
      () => this.readout.say(say('Link copied')),
      (error: unknown) => this.listener.failed(error),
    );
  }

  toggleFullScreen(): void {
    toggleFullScreen().catch((error: unknown) => this.listener.failed(error));
  }

  showHelp(): void {
    showHelp(this);
  }

  private newStage(): Stage {
    return new Stage({
      place: this.places.stage,
      tiled: this.tiled,
      view: this.first.view,
      overlays: [{ draw: (...on) => this.draw(...on) }],
      onMove: (frame) => this.moved(frame),
      onRest: () => this.listener.rest(this.shown()),
      onTap: (place, frame) => {
        this.measuring.place(place, frame);
        return this.measure.isMeasuring;
      },
      onColour: (state) => this.showColour(state),
      onFailure: (message) => this.listener.failed(new Error(message)),
    });
  }

  private overlayCommands(): OverlayCommands {
    return {
      toggleHeatmap: () => (this.heat ?? this.live)?.toggle(),
      toggleTissue: () => {
        this.tissueOverlay.visible = !this.tissueOverlay.visible;
        this.showToggles();
      },
      toggleMarks: () => {
        this.marksVisible = !this.marksVisible;
        this.showToggles();
      },
      stepTile: (steps) => this.tiles?.step(steps),
      togglePanel: () => this.listener.togglePanel(),
    };
  }

  private measureCommands(): MeasureCommands {
    const { measuring, stage } = this;
    return {
      get isMeasuring() {
        return measuring.kind !== null;
      },
      toggle: (kind: MeasurementKind) => {
        measuring.toggle(kind);
        if (measuring.kind !== null) this.readout.say(MEASURE_HINTS[measuring.kind]);
        stage.focus();
      },
      placeInMiddle: () => {
        const frame = stage.frame();
        if (frame !== null) measuring.placeInMiddle(frame);
      },
      finish: () => measuring.finish(),
      takeBack: () => measuring.takeBack(),
      cancel: () => measuring.cancel(),
    };
  }

  private shown(): Shown {
    return { view: this.stage.frame()?.view ?? this.first.view, layer: this.heat?.shownLayer };
  }

  private slideSections(slide: Slide): (HTMLElement | null)[] {
    return [infoSection(slide, this.manifest, this.tissue), timingSection(slide.timings)];
  }

  /** None of a result without a map: a service may give none. */
  private newHeat(prediction: Prediction): HeatPanel | null {
    const shown = this.heat?.shownLayer ?? this.first.layer;
    this.heat?.close();
    if (layersOf(prediction).length === 0) return null;
    const heat = new HeatPanel(this.manifest, prediction, shown, {
      show: (rect) => this.leapTo(rect),
      changed: () => {
        this.showToggles();
        this.listener.rest(this.shown());
      },
      failed: (error) => this.listener.failed(error),
    });
    if (heat.painter.element !== null) this.stage.putUnderOverlays(heat.painter.element);
    this.places.stage.append(heat.card.element);
    return heat;
  }

  private newLive(): LiveHeat {
    const live = new LiveHeat(this.manifest.slide, {
      changed: () => this.showToggles(),
      failed: (error) => this.listener.failed(error),
    });
    if (live.painter.element !== null) this.stage.putUnderOverlays(live.painter.element);
    return live;
  }

  private newQuality(): QualityPanel {
    return new QualityPanel(this.manifest.slide, {
      changed: () => this.stage.redraw(),
      covers: () => this.heat?.showLayer('off'),
      painted: (element) => this.stage.putUnderOverlays(element),
      leaveOut: (flagged) => this.heat?.leaveOut(flagged),
      failed: (error) => this.listener.failed(error),
    });
  }

  private closeLive(): void {
    this.live?.close();
    this.live = null;
  }

  private draw(context: CanvasRenderingContext2D, frame: Frame): void {
    for (const overlay of [this.heat, this.live, this.quality, this.tissueOverlay, this.tiles, this.measuring.overlay, ...this.added]) {
      context.save();
      overlay?.draw(context, frame);
      context.restore();
    }
  }

  private showToggles(): void {
    this.toolbar.setPressed('heatmap', (this.heat ?? this.live)?.isVisible ?? false);
    this.toolbar.setPressed('tissue', this.tissueOverlay.visible);
    if (this.tiles !== null) this.tiles.visible = this.marksVisible;
    this.toolbar.setPressed('marks', this.tiles !== null && this.marksVisible);
    this.toolbar.setPressed('line', this.measuring.kind === 'line');
    this.toolbar.setPressed('area', this.measuring.kind === 'area');
    this.stage.element.classList.toggle('measuring', this.measuring.kind !== null);
    this.stage.redraw();
  }

  private showColour(state: ColourState): void {
    this.toolbar.showColour(state);
    this.readout.showColour(state);
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
      this.readout.point(place, this.quality.point(place) ?? (this.heat ?? this.live)?.point(place) ?? null);
      this.measuring.aim(place);
    });
    element.addEventListener('pointerleave', () => {
      this.readout.point(null, null);
      (this.heat ?? this.live)?.point(null);
      this.measuring.aim(null);
    });
  }
}

/** Nothing of the AI is asked for before the first read. */
function isBeingEmbedded({ status, progress, awaits_impression }: Slide): boolean {
  return status.state === 'tiled' && progress?.stage === 'embed' && !awaits_impression;
}
