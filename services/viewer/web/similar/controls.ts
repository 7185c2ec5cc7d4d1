import { fill, h } from '../dom';
import type { Tool } from '../review/drawing-pad';
import { say } from '../words/say';
import type { Scope } from './api';

/** How a place is pointed at. */
const TOOLS: readonly Tool[] = ['point', 'polygon', 'brush'];

interface ControlsListener {
  /** A tool is taken in hand, or with `null` put away. */
  take(tool: Tool | null): void;
  searchMiddle(): void;
  searchText(text: string): void;
  /** Elsewhere the same is to be looked for. */
  scoped(): void;
}

/** What a person can say of what they look for, and where. */
export class SimilarControls {
  readonly element: HTMLElement;
  private readonly buttons = new Map<Tool, HTMLElement>();
  private readonly hint = h('p', { class: 'hint', role: 'status' });
  private readonly scopes = h('select', { name: 'similar-scope', onchange: () => this.listener.scoped() });
  private tool: Tool | null = null;

  constructor(
    readsText: boolean,
    private readonly listener: ControlsListener,
  ) {
    const middle = say('Middle of the view');
    this.element = h(
      'div',
      { class: 'similar-controls' },
      h(
        'div',
        { class: 'tools', role: 'toolbar', 'aria-label': say('What to look for') },
        TOOLS.map((tool) => this.toolButton(tool)),
        h('button', { type: 'button', 'data-tool': 'middle', onclick: () => listener.searchMiddle() }, middle),
      ),
      this.hint,
      readsText && this.textForm(),
      h('label', { class: 'control' }, h('span', { class: 'control-name' }, say('Look in')), this.scopes),
    );
    this.setHasCase(false);
  }

  get scope(): Scope {
    return this.scopes.value as Scope;
  }

  /** Whether the slide is in a case that the reader may see. */
  setHasCase(hasCase: boolean): void {
    const chosen = this.scopes.value;
    fill(
      this.scopes,
      h('option', { value: 'slide' }, say('This slide')),
      hasCase && h('option', { value: 'case' }, say('Its case')),
      h('option', { value: 'all' }, say('All slides')),
    );
    this.scopes.value = chosen === 'all' || (chosen === 'case' && hasCase) ? chosen : 'slide';
  }

  /** Shows which tool is in hand. */
  show(tool: Tool | null): void {
    this.tool = tool;
    for (const [name, button] of this.buttons) button.setAttribute('aria-pressed', String(name === tool));
    fill(this.hint, tool === null ? null : hintOf(tool));
  }

  private toolButton(tool: Tool): HTMLElement {
    const onclick = () => this.listener.take(this.tool === tool ? null : tool);
    const button = h('button', { type: 'button', 'aria-pressed': 'false', 'data-tool': tool, onclick }, nameOf(tool));
    this.buttons.set(tool, button);
    return button;
  }

  private textForm(): HTMLElement {
    const field = h('input', { type: 'text', name: 'similar-text', maxlength: 300, autocomplete: 'off' });
    const onsubmit = (event: Event) => {
      event.preventDefault();
      if (field.value.trim() !== '') this.listener.searchText(field.value.trim());
    };
    return h(
      'form',
      { class: 'similar-text', onsubmit },
      h('label', {}, h('span', {}, say('Or in words')), field),
      h('button', { type: 'submit' }, say('Search')),
    );
  }
}

function nameOf(tool: Tool): string {
  switch (tool) {
    case 'point':
      return say('Tile');
    case 'polygon':
      return say('Polygon');
    case 'brush':
      return say('Brush');
  }
}

function hintOf(tool: Tool): string {
  switch (tool) {
    case 'point':
      return say('Click on the tissue to find places like it. Escape puts the tool away.');
    case 'polygon':
      return say('Click each corner; a double click or Enter closes it.');
    case 'brush':
      return say('Paint over the region. The wheel still zooms.');
  }
}
