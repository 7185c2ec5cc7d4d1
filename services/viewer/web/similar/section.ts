import type { Geometry } from '../api/case-shapes';
import { explain } from '../api/problem';
import type { Manifest, MicrometreRect, Slide } from '../api/shapes';
import { fill, h } from '../dom';
import { section } from '../panel/section';
import { AnnotationOverlay } from '../review/annotation-overlay';
import { DrawingPad, type Surface, type Tool } from '../review/drawing-pad';
import type { Overlay } from '../slide/overlays';
import { TileMarks } from '../slide/tile-marks';
import { say } from '../words/say';
import { type Found, type Query, search, searchableEncoders } from './api';
import { SimilarControls } from './controls';
import { hitStrip } from './hits';
import { comparedWords } from './words';

const HIT_LOOK = { colour: '#b5ff4d', width_px: 2 };
/** Where there is no window yet. */
const USUAL_ROOM_PX = 800;

interface SimilarListener {
  /** Goes to a place of the open slide. */
  show(rect: MicrometreRect): void;
  nameOf(slide: string): string;
  failed(error: unknown): void;
}

/** Looks for places like one that is pointed at, or like what is said, in this slide and in others. */
export class SimilarSection {
  readonly element = h('div', { class: 'similar-place' });
  private readonly status = h('p', { class: 'hint', role: 'status' });
  private readonly results = h('div', {});
  private readonly drawing: AnnotationOverlay;
  private marks = new TileMarks([], HIT_LOOK);
  private readonly surface: Surface;
  private readonly pad: DrawingPad;
  private controls: SimilarControls | null = null;
  private tool: Tool | null = null;
  private query: Query | null = null;
  private shown = '';
  private n_asked = 0;
  private readonly onKey = (event: KeyboardEvent) => this.press(event);

  constructor(
    private readonly manifest: Manifest,
    over: (overlay: Overlay) => Surface,
    private readonly listener: SimilarListener,
  ) {
    this.drawing = new AnnotationOverlay(manifest.mpp);
    over({ draw: (context, frame) => this.marks.draw(context, frame) });
    this.surface = over(this.drawing);
    this.pad = new DrawingPad(this.surface, manifest, this.drawing, {
      drawn: (geometry) => this.drawn(geometry),
      lost: () => this.take(null),
    });
    document.addEventListener('keydown', this.onKey);
  }

  close(): void {
    this.n_asked += 1;
    document.removeEventListener('keydown', this.onKey);
  }

  /** Shows itself once there is something to search, and not before the first read. */
  update(slide: Slide): void {
    this.controls?.setHasCase(Boolean(slide.case));
    const state = JSON.stringify([slide.status.state, slide.awaits_impression]);
    if (state === this.shown) return;
    this.shown = state;
    void this.load(slide).catch(this.listener.failed);
  }

  private async load(slide: Slide): Promise<void> {
    const mayHaveBag = slide.status.state === 'embedded' || slide.status.state === 'scored';
    if (this.controls !== null || slide.awaits_impression || !mayHaveBag) return;
    const [first] = await searchableEncoders(slide.id);
    if (first === undefined || this.controls !== null) return;
    this.controls = new SimilarControls(first.reads_text, {
      take: (tool) => this.take(tool),
      searchMiddle: () => this.searchMiddle(),
      searchText: (text) => this.ask({ text }),
      scoped: () => this.query !== null && this.ask(this.query),
    });
    this.controls.setHasCase(Boolean(slide.case));
    fill(
      this.element,
      section(
        'similar',
        say('Similar places'),
        h('p', { class: 'hint' }, say('How alike places look to the encoder. It says nothing of what they are.')),
        this.controls.element,
        this.status,
        this.results,
      ),
    );
  }

  private take(tool: Tool | null): void {
    this.tool = tool;
    this.pad.take(tool);
    this.controls?.show(tool);
  }

  private press(event: KeyboardEvent): void {
    if (this.tool === null) return;
    if (event.key === 'Enter' && !isForAnother(event)) {
      // The tool's button, which has the focus, would put the tool away.
      event.preventDefault();
      this.pad.close();
    }
    if (event.key === 'Escape') this.take(null);
  }

  private drawn(geometry: Geometry): void {
    this.drawing.shapes = [geometry];
    this.ask({ region: geometry });
  }

  private searchMiddle(): void {
    const view = this.surface.frame()?.view;
    if (view === undefined) return;
    const { mpp } = this.manifest;
    this.drawn({ type: 'Point', coordinates: [view.x_um / mpp, view.y_um / mpp] });
  }

  private ask(query: Query): void {
    if ('text' in query) this.drawing.shapes = [];
    this.query = query;
    this.surface.redraw();
    void this.answer(query).catch(this.listener.failed);
  }

  private async answer(query: Query): Promise<void> {
    this.n_asked += 1;
    const number = this.n_asked;
    const isNewest = () => number === this.n_asked;
    const scope = this.controls?.scope ?? 'slide';
    fill(this.status, say('Searching…'));
    try {
      const found = await search(this.manifest.slide, { ...query, scope }, (why) => {
        if (isNewest()) fill(this.status, why);
        return isNewest();
      });
      if (found !== null && isNewest()) this.show(found);
    } catch (error) {
      // Most often that no tissue lies there: said where it was asked, and nothing else is shown.
      if (isNewest()) this.show(null, explain(error));
    }
  }

  private show(found: Found | null, problem = ''): void {
    const hits = found?.hits ?? [];
    const here = hits.filter(({ slide }) => slide === this.manifest.slide);
    this.marks = new TileMarks(here, HIT_LOOK);
    this.surface.redraw();
    const words = found === null ? problem : comparedWords(found);
    fill(this.status, hits.length === 0 && found !== null ? say('Nothing else is there to compare with.') : words);
    fill(
      this.results,
      hits.length > 0 &&
        hitStrip(this.manifest.slide, hits, {
          show: (rect) => this.listener.show(rect),
          nameOf: (slide) => this.listener.nameOf(slide),
          room: () => this.room(),
        }),
    );
  }

  private room(): number {
    const shown = this.surface.frame()?.window;
    return shown === undefined ? USUAL_ROOM_PX : Math.min(shown.width, shown.height);
  }
}

/** A link or a button that has the focus takes Enter for itself; a tool's own does not. */
function isForAnother({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('a, button') !== null && target.closest('.tools') === null;
}
