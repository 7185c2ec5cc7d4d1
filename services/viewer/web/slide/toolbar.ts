import { h } from '../dom';
import { type IconName, icon } from '../icons';
import { formatMagnification, magnification } from '../units/magnification';
import type { Commands } from './commands';

const SHOWN_PRESETS = [2, 5, 10, 20, 40];
/** A preset is lit when the slide is shown within this share of it. */
const NEAR = 0.02;

type Toggle = 'heatmap' | 'tissue' | 'marks' | 'line' | 'area';

/** The buttons over the slide. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly presets = new Map<number, HTMLElement>();
  private readonly toggles: Record<Toggle, HTMLElement>;

  constructor(commands: Commands) {
    this.toggles = {
      heatmap: button('heatmap', 'Heatmap (H)', () => commands.toggleHeatmap()),
      tissue: button('tissue', 'Tissue outline (T)', () => commands.toggleTissue()),
      marks: button('marks', 'Tile marks (M)', () => commands.toggleMarks()),
      line: button('line', 'Measure a line (L)', () => commands.measure.toggle('line')),
      area: button('area', 'Measure an area (A)', () => commands.measure.toggle('area')),
    };
    for (const preset of SHOWN_PRESETS) this.presets.set(preset, presetButton(preset, commands));
    this.element = h(
      'div',
      { class: 'toolbar', role: 'toolbar', 'aria-label': 'View' },
      group(
        button('plus', 'Zoom in (+)', () => commands.movement.zoomBy(1)),
        button('minus', 'Zoom out (−)', () => commands.movement.zoomBy(-1)),
        button('fit', 'Whole slide (0)', () => commands.movement.showAll()),
      ),
      group(...this.presets.values()),
      group(
        button('turnLeft', 'Turn left (Shift R)', () => commands.movement.turn(-1)),
        button('turnRight', 'Turn right (R)', () => commands.movement.turn(1)),
        button('upright', 'Upright (U)', () => commands.movement.upright()),
      ),
      group(this.toggles.line, this.toggles.area),
      group(this.toggles.heatmap, this.toggles.tissue, this.toggles.marks),
      group(
        button('link', 'Copy a link to this place (C)', () => commands.copyLink()),
        button('fullScreen', 'Full screen (F)', () => commands.toggleFullScreen()),
        button('help', 'Keyboard (?)', () => commands.showHelp()),
      ),
    );
  }

  setPressed(toggle: Toggle, isPressed: boolean): void {
    this.toggles[toggle].setAttribute('aria-pressed', String(isPressed));
  }

  /** Lights the preset the slide is shown at. */
  setScale(um_per_px: number): void {
    const shown = magnification(um_per_px);
    for (const [preset, element] of this.presets) {
      element.classList.toggle('lit', Math.abs(shown / preset - 1) < NEAR);
    }
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
  return h('button', { class: 'preset', title: `Show at ${words}`, onclick }, words);
}
