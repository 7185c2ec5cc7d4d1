import { annotations, me as fetchMe, removeAnnotation, saveAnnotation } from '../api/cases';
import type { Annotation, Geometry } from '../api/case-shapes';
import type { Manifest } from '../api/shapes';
import { fill, h } from '../dom';
import { section } from '../panel/section';
import { asGeometry, sizeWords } from '../measure/as-annotation';
import type { Measurement } from '../measure/measurement';
import { formatTime } from '../units/plain';
import { say } from '../words/say';
import { AnnotationOverlay } from './annotation-overlay';
import { DrawingPad, type Surface, type Tool } from './drawing-pad';

const TOOLS: Record<Tool, { words: string; hint: string }> = {
  point: { words: say('Point'), hint: say('Click on the slide. Escape puts the tool away.') },
  polygon: { words: say('Polygon'), hint: say('Click each corner; a double click or Enter closes it.') },
  brush: { words: say('Brush'), hint: say('Paint over the region. The wheel still zooms.') },
};

const KINDS: Record<Geometry['type'], string> = {
  Point: say('Point'),
  LineString: say('Line'),
  Polygon: say('Region'),
  MultiPolygon: say('Painted region'),
};

/** What people drew on the slide, and the tools to draw. */
export class DrawingSection {
  readonly element = h('div', { class: 'drawing-place' });
  private readonly list = h('ul', { class: 'annotations' });
  private readonly hint = h('p', { class: 'history-by', role: 'status' });
  private readonly buttons = new Map<Tool, HTMLElement>();
  private readonly overlay: AnnotationOverlay;
  private readonly surface: Surface;
  private readonly pad: DrawingPad;
  private known: Annotation[] = [];
  private tool: Tool | null = null;
  private readonly onKey = (event: KeyboardEvent) => this.press(event);

  constructor(
    private readonly manifest: Manifest,
    over: (overlay: AnnotationOverlay) => Surface,
    /** Told how a measurement is kept, where the reader may draw. */
    private readonly mayKeep: (keep: (measurement: Measurement) => Promise<void>) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.overlay = new AnnotationOverlay(manifest.mpp);
    this.surface = over(this.overlay);
    this.pad = new DrawingPad(this.surface, manifest, this.overlay, {
      drawn: (geometry) => this.save(geometry),
      lost: () => this.take(null),
    });
    document.addEventListener('keydown', this.onKey);
    void this.load().catch(failed);
  }

  close(): void {
    document.removeEventListener('keydown', this.onKey);
  }

  private async load(): Promise<void> {
    const { roles } = await fetchMe();
    if (!roles.some((role) => role === 'pathologist' || role === 'lis')) return;
    this.known = await annotations(this.manifest.slide);
    const mayDraw = roles.includes('pathologist');
    const tools = (Object.keys(TOOLS) as Tool[]).map((tool) => this.button(tool));
    fill(
      this.element,
      section('drawing', say('Annotations'), mayDraw && h('div', { class: 'tools', role: 'toolbar' }, tools), this.hint, this.list),
    );
    this.draw(mayDraw);
    if (mayDraw) this.mayKeep((measurement) => this.keep(asGeometry(measurement, this.manifest.mpp)));
  }

  private draw(mayDraw = true): void {
    this.overlay.shapes = this.known.map(({ geometry }) => geometry);
    fill(this.list, this.known.map((annotation) => this.row(annotation, mayDraw)));
    this.surface.redraw();
  }

  private row({ id, geometry, properties: { name, coverslip } }: Annotation, mayDraw: boolean): HTMLElement {
    const size = sizeWords(geometry, this.manifest.mpp);
    const drawn = { name: coverslip.author, time: formatTime(coverslip.drawn_at) };
    return h(
      'li',
      { 'data-annotation': id },
      h('span', {}, name ?? KINDS[geometry.type]),
      h('span', { class: 'history-by' }, size === null ? say('{name}, {time}', drawn) : say('{size}; {name}, {time}', { size, ...drawn })),
      mayDraw && h('button', { onclick: () => this.remove(id) }, say('Remove')),
    );
  }

  private button(tool: Tool): HTMLElement {
    const onclick = () => this.take(this.tool === tool ? null : tool);
    const button = h('button', { onclick, 'aria-pressed': 'false', 'data-tool': tool }, TOOLS[tool].words);
    this.buttons.set(tool, button);
    return button;
  }

  private take(tool: Tool | null): void {
    this.tool = tool;
    this.pad.take(tool);
    for (const [name, button] of this.buttons) button.setAttribute('aria-pressed', String(name === tool));
    fill(this.hint, tool === null ? null : TOOLS[tool].hint);
  }

  private press(event: KeyboardEvent): void {
    if (this.tool === null) return;
    if (event.key === 'Enter') {
      // The tool's button, which has the focus, would put the tool away.
      event.preventDefault();
      this.pad.close();
    }
    if (event.key === 'Escape') this.take(null);
  }

  private save(geometry: Geometry): void {
    void this.keep(geometry).catch(this.failed);
  }

  private async keep(geometry: Geometry): Promise<void> {
    const saved = await saveAnnotation(this.manifest.slide, randomId(), geometry);
    this.known = [...this.known, saved];
    this.draw();
  }

  private remove(id: string): void {
    const removed = async () => {
      await removeAnnotation(this.manifest.slide, id);
      this.known = this.known.filter((annotation) => annotation.id !== id);
      this.draw();
    };
    void removed().catch(this.failed);
  }
}

/** Also where the page came without TLS, which `randomUUID` needs. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
