import type { Faithfulness, Layer } from '../api/shapes';
import { fill, h, setVariable } from '../dom';
import { type Range, share } from '../heatmap/grid';
import { faithfulnessWords, isSigned, LAYERS } from '../heatmap/layers';
import type { Shading } from '../heatmap/shading';
import { formatSigned, formatValue } from '../units/plain';
import { say } from '../words/say';

const WIDTH_PX = 256;
const TICKS = 5;

/** What the colours mean, in numbers and in words. */
export class Legend {
  private readonly colours = h('canvas', { class: 'legend-colours', width: WIDTH_PX, height: 1 });
  private readonly pointer = h('span', { class: 'legend-pointer', hidden: true });
  private readonly ticks = h('div', { class: 'legend-ticks' });
  private readonly title = h('div', { class: 'legend-title' });
  private readonly sides = h('div', { class: 'legend-sides' }, h('span', {}, say('speaks against')), h('span', {}, say('speaks for')));
  private readonly meaning = h('p', { class: 'hint' });
  readonly element = h(
    'div',
    { class: 'legend' },
    this.title,
    h('div', { class: 'legend-bar' }, this.colours, this.pointer),
    this.ticks,
    this.sides,
    this.meaning,
  );
  private range: Range = { min: 0, max: 1 };

  show(layer: Layer, faithfulness: Faithfulness | null, shading: Shading): void {
    const { min, max } = shading.range;
    this.range = shading.range;
    this.colours.getContext('2d')?.putImageData(shading.strip(WIDTH_PX), 0, 0);
    const values = Array.from({ length: TICKS }, (_, at) => min + ((max - min) * at) / (TICKS - 1));
    const format = isSigned(layer) ? formatSigned : formatValue;
    fill(this.ticks, values.map((value) => h('span', {}, format(value))));
    this.sides.hidden = !isSigned(layer);
    fill(this.title, h('strong', {}, LAYERS[layer].name), faithfulness && figure(faithfulness));
    fill(this.meaning, LAYERS[layer].meaning);
  }

  /** Marks the value under the pointer. */
  point(value: number | null): void {
    this.pointer.hidden = value === null;
    if (value !== null) setVariable(this.pointer, 'share', share(value, this.range));
  }
}

/** How far the layer can be trusted; what that means is said where the pointer rests. */
function figure(faithfulness: Faithfulness): HTMLElement {
  const { short, long } = faithfulnessWords(faithfulness);
  return h('span', { class: 'faithfulness', title: long, tabindex: 0 }, short);
}
