import { fill, h } from '../dom';
import { formatPlace, scaleBar } from '../units/length';
import { formatMagnification, formatResolution, magnification } from '../units/magnification';
import type { Frame } from './frame';

const SCALE_BAR_LIMIT_PX = 180;

/** The line under the slide: scale bar, magnification, and what lies under the pointer. */
export class Readout {
  private readonly bar = h('span', { class: 'scale-bar-line' });
  private readonly barLabel = h('span', { class: 'scale-bar-label' });
  private readonly scale = h('output', { class: 'readout-scale' });
  private readonly place = h('output', { class: 'readout-place' });
  readonly scaleBar = h('div', { class: 'scale-bar', 'aria-label': 'Scale' }, this.barLabel, this.bar);
  readonly element = h('div', { class: 'readout' }, this.place, this.scale);

  move({ view }: Frame): void {
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

  /** `value` is what the heatmap holds there, already in words. */
  point(place: readonly [number, number] | null, value: string | null): void {
    if (place === null) return fill(this.place);
    const [x, y] = place.map(formatPlace);
    fill(
      this.place,
      `x ${x} µm   y ${y} µm`,
      value === null ? null : h('span', { class: 'readout-value' }, value),
    );
  }
}
