import type { ColourState } from '../colour/slide-colour';
import { h } from '../dom';
import { type IconName, icon } from '../icons';
import { formatMagnification, magnification } from '../units/magnification';
import { say } from '../words/say';
import type { Commands } from './commands';

const SHOWN_PRESETS = [2, 5, 10, 20, 40];
/** A preset is lit when the slide is shown within this share of it. */
const NEAR = 0.02;

type Toggle = 'heatmap' | 'tissue' | 'marks' | 'line' | 'area' | 'link' | 'colour';

const COLOUR_TITLES: Record<ColourState, string> = {
  corrected: say('Colours are corrected by the profile of the slide: show them as scanned (I)'),
  'as scanned': say('Correct the colours by the profile of the slide (I)'),
  loading: say('The colour profile is being loaded'),
  'no profile': say('The slide has no colour profile: its colours are shown as scanned'),
  'unusable profile': say('The colour profile of the slide cannot be used: its colours are shown as scanned'),
};

/** The buttons over the slide. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly presets = new Map<number, HTMLElement>();
  private readonly toggles = new Map<Toggle, HTMLElement>();

  /** Has a group of buttons for all that the page can be asked. */
  constructor(commands: Commands) {
    const { overlays, measure, compare } = commands;
    for (const preset of SHOWN_PRESETS) this.presets.set(preset, presetButton(preset, commands));
    this.element = h(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': say('View') },
      group(
        button('plus', say('Zoom in (+)'), () => commands.movement.zoomBy(1)),
        button('minus', say('Zoom out (−)'), () => commands.movement.zoomBy(-1)),
        button('fit', say('Whole slide (0)'), () => commands.movement.showAll()),
      ),
      group(...this.presets.values()),
      group(
        button('turnLeft', say('Turn left (Shift R)'), () => commands.movement.turn(-1)),
        button('turnRight', say('Turn right (R)'), () => commands.movement.turn(1)),
        button('upright', say('Upright (U)'), () => commands.movement.upright()),
      ),
      measure && group(
        this.toggle('line', say('Measure a line (L)'), () => measure.toggle('line')),
        this.toggle('area', say('Measure an area (A)'), () => measure.toggle('area')),
      ),
      overlays && group(
        this.toggle('heatmap', say('Heatmap (H)'), () => overlays.toggleHeatmap()),
        this.toggle('tissue', say('Tissue outline (T)'), () => overlays.toggleTissue()),
        this.toggle('marks', say('Tile marks (M)'), () => overlays.toggleMarks()),
      ),
      group(this.toggle('colour', say('Correct the colours (I)'), () => commands.toggleColour())),
      compare && group(this.toggle('link', say('Move together (Y)'), () => compare.toggleLink())),
      group(
        button('beside', say('Side by side (S)'), () => commands.chooseBeside()),
        button('share', say('Copy a link to this place (C)'), () => commands.copyLink()),
        button('fullScreen', say('Full screen (F)'), () => commands.toggleFullScreen()),
        button('help', say('Keyboard (?)'), () => commands.showHelp()),
      ),
    );
  }

  setPressed(toggle: Toggle, isPressed: boolean): void {
    this.toggles.get(toggle)?.setAttribute('aria-pressed', String(isPressed));
  }

  showColour(state: ColourState): void {
    const button = this.toggles.get('colour') as HTMLButtonElement;
    button.disabled = state !== 'corrected' && state !== 'as scanned';
    button.title = COLOUR_TITLES[state];
    this.setPressed('colour', state === 'corrected');
  }

  /** Lights the preset the slide is shown at. */
  setScale(um_per_px: number): void {
    const shown = magnification(um_per_px);
    for (const [preset, element] of this.presets) {
      element.classList.toggle('lit', Math.abs(shown / preset - 1) < NEAR);
    }
  }

  private toggle(name: Toggle, title: string, onclick: () => void): HTMLElement {
    const made = button(name, title, onclick);
    this.toggles.set(name, made);
    return made;
  }
}

function group(...buttons: HTMLElement[]): HTMLElement {
  return h('div', { class: 'tool-group' }, buttons);
}

function button(name: IconName, title: string, onclick: () => void): HTMLElement {
  return h('button', { class: 'icon-button', title, 'aria-label': title, onclick }, icon(name));
}

function presetButton(preset: number, commands: Commands): HTMLElement {
  const onclick = () => commands.movement.zoomToMagnification(preset);
  const words = formatMagnification(preset);
  return h('button', { class: 'preset', title: say('Show at {magnification}', { magnification: words }), onclick }, words);
}
