import type { Layer } from '../api/shapes';
import { fill, h, setVariable } from '../dom';
import { type Range, share } from '../heatmap/grid';
import type { Shading } from '../heatmap/shading';
import { formatValue } from '../units/plain';

const MEANING: Record<Layer, string> = {
  attention:
    'Where the model looked, not a probability. 1 is the weight of an average tile, 2 is twice that.',
  tile: 'Probability of the positive class if this tile were the whole slide.',
};
const WIDTH_PX = 256;
const TICKS = 5;

/** What the colours mean, in numbers and in words. */
export class Legend {
  private readonly colours = h('canvas', { class: 'legend-colours', width: WIDTH_PX, height: 1 });
  private readonly pointer = h('span', { class: 'legend-pointer', hidden: true });
  private readonly ticks = h('div', { class: 'legend-ticks' });
  private readonly meaning = h('p', { class: 'hint' });
  readonly element = h(
    'div',
    { class: 'legend' },
    h('div', { class: 'legend-bar' }, this.colours, this.pointer),
    this.ticks,
    this.meaning,
  );
  private range: Range = { min: 0, max: 1 };

  show(layer: Layer, shading: Shading): void {
    const { min, max } = shading.range;
    this.range = shading.range;
    this.colours.getContext('2d')?.putImageData(shading.strip(WIDTH_PX), 0, 0);
    const values = Array.from({ length: TICKS }, (_, at) => min + ((max - min) * at) / (TICKS - 1));
    fill(this.ticks, values.map((value) => h('span', {}, formatValue(value))));
    fill(this.meaning, MEANING[layer]);
  }

  /** Marks the value under the pointer. */
  point(value: number | null): void {
    this.pointer.hidden = value === null;
    if (value !== null) setVariable(this.pointer, 'share', share(value, this.range));
  }
}
