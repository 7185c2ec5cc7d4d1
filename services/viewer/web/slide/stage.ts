import OpenSeadragon from 'openseadragon';
import { explain, sentence } from '../api/problem';
import type { MicrometreRect, Tiled } from '../api/shapes';
import { type ColourState, SlideColour } from '../colour/slide-colour';
import { h } from '../dom';
import { dropFirstView, layFirstView } from '../first-view';
import { hasGraphicsCard } from '../graphics/card';
import type { Place } from '../measure/measurement';
import type { View } from '../route';
import { umPerPixel } from '../units/magnification';
import { say } from '../words/say';
import type { Movement } from './commands';
import { Frame } from './frame';
import { type Overlay, OverlayCanvas } from './overlays';

interface StageOptions {
  /** Where the slide is put; it takes its size from there. */
  place: HTMLElement;
  tiled: Tiled;
  /** Where to look first; the whole slide if `null`. */
  view: View | null;
  overlays: readonly Overlay[];
  /** After every movement, many times a second. */
  onMove(frame: Frame): void;
  /** Once the slide lies still. */
  onRest(view: View): void;
  /** A click or a tap that moved nothing; answers whether it meant something, and so must not zoom. */
  onTap(place: Place, frame: Frame): boolean;
  /** Colours are corrected, or no longer. */
  onColour(state: ColourState): void;
  /** The slide, one of its tiles or its colour profile could not be loaded or used. */
  onFailure(message: string): void;
}

const TURN_DEGREES = 90;
const ZOOM_STEP = 1.5;
const PAN_SHARE = 0.2;
/** As many tiles as a screen has; later fewer, so that none stands in line behind those of a place that was left. */
const FIRST_TILES_AT_ONCE = 64;
const TILES_AT_ONCE = 8;
/** Evidence is shown with this many times its own width around it. */
const CONTEXT = 3.2;
/** Share of the view's width from which on a movement would be seen. */
const SEEN_MOVEMENT = 0.001;

/**
 * OpenSeadragon adds a style sheet to the page, which the content security policy forbids, unless it
 * finds its own there: an element of that name that no browser takes for a style sheet satisfies
 * both. The rule itself is in stage.css.
 */
const OWN_STYLE_MARK = 'data-openseadragon-mobile-css';

/** The slide itself: OpenSeadragon with places and sizes in micrometres. */
export class Stage implements Movement {
  readonly element = h('div', { class: 'stage-slide' });
  private readonly viewer: OpenSeadragon.Viewer;
  private readonly overlayCanvas: OverlayCanvas;
  readonly colour: SlideColour;

  constructor(private readonly options: StageOptions) {
    this.overlayCanvas = new OverlayCanvas(options.overlays, () => this.frame());
    keepStyleOut();
    OpenSeadragon.setString('Errors.OpenFailed', sentence(say('the slide could not be opened')));
    options.place.append(this.element);
    layFirstView(this.element);
    this.viewer = OpenSeadragon(settings(this.element, options));
    this.viewer.canvas.append(this.overlayCanvas.canvas);
    this.colour = new SlideColour(this.viewer, options.tiled.manifest, {
      changed: (state) => options.onColour(state),
      failed: (error) => options.onFailure(say('the slide\'s colours are shown as scanned: {reason}', { reason: explain(error) })),
    });
    this.listen();
  }

  close(): void {
    this.colour.close();
    this.viewer.destroy();
    this.element.remove();
  }

  /** Draws the overlays again after one of them changed. */
  redraw(): void {
    this.overlayCanvas.drawSoon();
  }

  /** Lays a canvas the size of the window between the slide and its overlays. */
  putUnderOverlays(canvas: HTMLCanvasElement): void {
    this.overlayCanvas.canvas.before(canvas);
  }

  /** `null` until the slide is open. */
  frame(): Frame | null {
    if (this.viewer.world.getItemCount() === 0) return null;
    const { viewport } = this.viewer;
    const size = viewport.getContainerSize();
    const centre = viewport.viewportToImageCoordinates(viewport.getCenter(true));
    const { mpp } = this.options.tiled.manifest;
    const view = {
      x_um: centre.x * mpp,
      y_um: centre.y * mpp,
      um_per_px: mpp / viewport.viewportToImageZoom(viewport.getZoom(true)),
      degrees: ((viewport.getRotation(true) % 360) + 360) % 360,
    };
    return new Frame(view, { width: size.x, height: size.y }, window.devicePixelRatio);
  }

  goTo(view: View, motion: 'jump' | 'glide'): void {
    this.set(view, motion === 'jump');
    this.viewer.viewport.applyConstraints(motion === 'jump');
  }

  /** Shows at once what another slide dictates, even if that lies off this slide. */
  follow(view: View): void {
    if (this.viewer.world.getItemCount() > 0) this.set(view, true);
  }

  /** Shows a rectangle of glass with what lies around it. */
  show(rect: MicrometreRect): void {
    const frame = this.frame();
    if (frame === null) return;
    const room = Math.min(frame.window.width, frame.window.height);
    this.goTo(
      {
        x_um: rect.x + rect.width / 2,
        y_um: rect.y + rect.height / 2,
        um_per_px: (Math.max(rect.width, rect.height) * CONTEXT) / room,
        degrees: frame.view.degrees,
      },
      'glide',
    );
  }

  showAll(): void {
    this.viewer.viewport.goHome();
  }

  zoomBy(steps: number): void {
    this.viewer.viewport.zoomBy(ZOOM_STEP ** steps).applyConstraints();
  }

  zoomToMagnification(magnification: number): void {
    const { viewport } = this.viewer;
    const imageZoom = this.options.tiled.manifest.mpp / umPerPixel(magnification);
    viewport.zoomTo(viewport.imageToViewportZoom(imageZoom)).applyConstraints();
  }

  /** Moves the window by a share of its own size. */
  panBy(columns: number, rows: number): void {
    const { viewport } = this.viewer;
    const size = viewport.getContainerSize();
    const step = new OpenSeadragon.Point(columns * PAN_SHARE * size.x, rows * PAN_SHARE * size.y);
    viewport.panBy(viewport.deltaPointsFromPixels(step)).applyConstraints();
  }

  turn(quarters: number): void {
    const { viewport } = this.viewer;
    viewport.setRotation(viewport.getRotation() + quarters * TURN_DEGREES);
  }

  upright(): void {
    this.viewer.viewport.setRotation(0);
  }

  /** Takes the keys away from a button that was pressed. */
  focus(): void {
    this.viewer.canvas.focus();
  }

  private set(view: View, isAtOnce: boolean): void {
    const { viewport } = this.viewer;
    const { mpp } = this.options.tiled.manifest;
    const centre = viewport.imageToViewportCoordinates(view.x_um / mpp, view.y_um / mpp);
    viewport.setRotation(view.degrees, isAtOnce);
    viewport.zoomTo(viewport.imageToViewportZoom(mpp / view.um_per_px), undefined, isAtOnce);
    viewport.panTo(centre, isAtOnce);
  }

  /** Says on the element whether all that is to be seen has come. */
  private followLoading(): void {
    const image = this.viewer.world.getItemAt(0);
    const tell = (isLoaded: boolean) => {
      this.element.dataset.loaded = String(isLoaded);
      if (!isLoaded) return;
      dropFirstView();
      this.viewer.imageLoader.jobLimit = TILES_AT_ONCE;
      // From now on coarse tiles come first, where there is nothing else to see. The types do not know of it.
      Object.assign(image, { immediateRender: false });
    };
    image.addHandler('fully-loaded-change', ({ fullyLoaded }) => tell(fullyLoaded));
    tell(image.getFullyLoaded());
  }

  /** By a person: that the slide takes its place at the start is a movement too. */
  private isMoved(): boolean {
    const { viewport } = this.viewer;
    const [now, whole] = [viewport.getBounds(true), viewport.getHomeBounds()];
    const off = Math.max(Math.abs(now.x - whole.x), Math.abs(now.y - whole.y), Math.abs(now.width - whole.width));
    return off > whole.width * SEEN_MOVEMENT || viewport.getRotation(true) !== 0;
  }

  private tap(event: { position: OpenSeadragon.Point; preventDefaultAction: boolean }): void {
    const frame = this.frame();
    if (frame === null) return;
    const place = frame.toGlass(event.position.x, event.position.y);
    event.preventDefaultAction = this.options.onTap(place, frame) || event.preventDefaultAction;
  }

  private listen(): void {
    const { viewer, options } = this;
    viewer.addHandler('open', () => {
      this.followLoading();
      if (options.view !== null) this.goTo(options.view, 'jump');
    });
    viewer.addHandler('update-viewport', () => {
      this.overlayCanvas.drawNow();
      if (this.isMoved()) dropFirstView();
      const frame = this.frame();
      if (frame !== null) options.onMove(frame);
    });
    // For whoever waits, as tests do.
    viewer.addHandler('animation-start', () => {
      this.element.dataset.resting = 'false';
    });
    viewer.addHandler('animation-finish', () => {
      this.element.dataset.resting = 'true';
      const frame = this.frame();
      if (frame !== null) options.onRest(frame.view);
    });
    viewer.addHandler('canvas-click', (event) => {
      if (event.quick) this.tap(event);
    });
    viewer.addHandler('canvas-double-click', (event) => this.tap(event));
    // All keys are handled in one place, keyboard.ts.
    viewer.addHandler('canvas-key', (event) => {
      event.preventDefaultAction = true;
    });
    viewer.addHandler('open-failed', () => options.onFailure(say('the slide could not be opened')));
    viewer.addHandler('tile-load-failed', () => options.onFailure(say('a part of the slide did not load')));
  }
}

function keepStyleOut(): void {
  if (document.querySelector(`style[${OWN_STYLE_MARK}]`)) return;
  const standIn = document.createElementNS('urn:coverslip', 'style');
  standIn.setAttribute(OWN_STYLE_MARK, '');
  document.head.append(standIn);
}

function settings(element: HTMLElement, { tiled, view }: StageOptions): OpenSeadragon.Options {
  return {
    element,
    tileSources: tiled.deepZoom,
    // Below the whole slide lies its first picture, sharper than coarse tiles are.
    immediateRender: view === null,
    drawer: hasGraphicsCard() ? 'webgl' : 'canvas',
    // No picture buttons: the toolbar is our own.
    showNavigationControl: false,
    showNavigator: true,
    navigatorPosition: 'TOP_RIGHT',
    navigatorSizeRatio: 0.18,
    navigatorMaintainSizeRatio: true,
    navigatorAutoFade: false,
    // The slide below would show through.
    navigatorOpacity: 1,
    navigatorBackground: '#161616',
    navigatorBorderColor: '#4a4a4a',
    navigatorDisplayRegionColor: '#ffb000',
    animationTime: 0.5,
    springStiffness: 9,
    blendTime: 0.08,
    zoomPerScroll: 1.3,
    minZoomImageRatio: 0.5,
    // Up to eight screen pixels for one of the slide: enough to see single pixels.
    maxZoomPixelRatio: 8,
    visibilityRatio: 0.25,
    // A wider window shows more of the slide, not a larger slide.
    preserveImageSizeOnResize: true,
    maxImageCacheCount: 800,
    imageLoaderLimit: FIRST_TILES_AT_ONCE,
    // As many as may be on their way: one a picture would make a screen of tiles take half a second.
    maxTilesPerFrame: TILES_AT_ONCE,
    tileRetryMax: 1,
    tileRetryDelay: 800,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, flickEnabled: true },
    gestureSettingsTouch: { pinchRotate: true },
  };
}
