import type { Layer } from '../api/shapes';
import { fill, h, setVariable } from '../dom';
import { palette } from '../heatmap/colormap';
import { type Range, share } from '../heatmap/grid';
import type { HeatSettings } from '../heatmap/settings';
import { formatValue } from '../units/plain';

const MEANING: Record<Layer, string> = {
  attention:
    'Where the model looked, not a probability. 1 is the weight of an average tile; the colours show how often more.',
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

  show(settings: HeatSettings, range: Range): void {
    this.range = range;
    this.paint(settings);
    const values = Array.from({ length: TICKS }, (_, at) => range.min + ((range.max - range.min) * at) / (TICKS - 1));
    fill(this.ticks, values.map((value) => h('span', {}, formatValue(value))));
    fill(this.meaning, MEANING[settings.layer]);
  }

  /** Marks the value under the pointer. */
  point(value: number | null): void {
    this.pointer.hidden = value === null;
    if (value !== null) setVariable(this.pointer, 'share', share(value, this.range));
  }

  /** Values below the threshold are not drawn, so their part of the bar is dimmed. */
  private paint(settings: HeatSettings): void {
    const context = this.colours.getContext('2d');
    if (context === null) return;
    const colours = palette(settings.colormap);
    const image = context.createImageData(WIDTH_PX, 1);
    const first = settings.threshold === null ? 0 : share(settings.threshold, this.range) * WIDTH_PX;
    for (let step = 0; step < WIDTH_PX; step += 1) {
      image.data.set(colours.subarray(step * 3, step * 3 + 3), step * 4);
      image.data[step * 4 + 3] = step < first ? 40 : 255;
    }
    context.putImageData(image, 0, 0);
  }
}
