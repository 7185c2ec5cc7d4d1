import type { ColourState } from '../colour/slide-colour';
import { fill, h } from '../dom';
import { formatPlace, scaleBar } from '../units/length';
import { formatMagnification, formatResolution, magnification } from '../units/magnification';
import { say } from '../words/say';
import type { Frame } from './frame';

const SCALE_BAR_LIMIT_PX = 180;
const SAID_MS = 4000;
const COLOUR_WORDS = {
  corrected: say('colours corrected'),
  'as scanned': say('colours as scanned'),
  'unusable profile': say('colours as scanned'),
} as const;

/** The line under the slide: scale bar, magnification, and what lies under the pointer. */
export class Readout {
  private readonly bar = h('span', { class: 'scale-bar-line' });
  private readonly barLabel = h('span', { class: 'scale-bar-label' });
  private readonly message = h('output', { class: 'readout-message' });
  private readonly colour = h('output', { class: 'readout-colour' });
  private readonly scale = h('output', { class: 'readout-scale' });
  private readonly place = h('output', { class: 'readout-place' });
  readonly scaleBar = h('div', { class: 'scale-bar', 'aria-label': say('Scale') }, this.barLabel, this.bar);
  readonly element = h('div', { class: 'readout' }, this.place, this.message, this.colour, this.scale);
  private middle: readonly [number, number] = [0, 0];
  private isPointed = false;

  move({ view }: Frame): void {
    this.middle = [view.x_um, view.y_um];
    if (!this.isPointed) this.point(null, null);
    const { length_px, label } = scaleBar(view.um_per_px, SCALE_BAR_LIMIT_PX);
    this.bar.style.width = `${length_px}px`;
    fill(this.barLabel, label);
    const turned = view.degrees < 0.5 || view.degrees > 359.5 ? '' : ` · ${Math.round(view.degrees)}°`;
    fill(
      this.scale,
      h('strong', {}, formatMagnification(magnification(view.um_per_px))),
      ` ${formatResolution(view.um_per_px)}${turned}`,
    );
  }

  /**
   * The place under the pointer, or `null` where there is none: then it is the middle of the window.
   * `value` is what the heatmap holds there, already in words.
   */
  point(place: readonly [number, number] | null, value: string | null): void {
    this.isPointed = place !== null;
    const [x, y] = (place ?? this.middle).map(formatPlace) as [string, string];
    fill(
      this.place,
      place === null ? say('middle  x {x} µm   y {y} µm', { x, y }) : `x ${x} µm   y ${y} µm`,
      value === null ? null : h('span', { class: 'readout-value' }, value),
    );
  }

  showColour(state: ColourState): void {
    fill(this.colour, state === 'no profile' || state === 'loading' ? null : COLOUR_WORDS[state]);
  }

  /** Says something for a moment. */
  say(message: string): void {
    fill(this.message, message);
    setTimeout(() => this.message.textContent === message && fill(this.message), SAID_MS);
  }
}
