import { fill, h } from '../dom';
import type { Shading } from '../heatmap/shading';
import type { QualityLayerInfo } from './api';
import { limitWords, QUALITY_LAYERS, qualityValue } from './words';

const WIDTH_PX = 256;

/** What the colours of a layer mean, in words and units. */
export class QualityLegend {
  private readonly colours = h('canvas', { class: 'legend-colours', width: WIDTH_PX, height: 1 });
  private readonly title = h('div', { class: 'legend-title' });
  private readonly ticks = h('div', { class: 'legend-ticks' });
  private readonly meaning = h('p', { class: 'hint' });
  readonly element = h(
    'div',
    { class: 'legend', hidden: true },
    this.title,
    h('div', { class: 'legend-bar' }, this.colours),
    this.ticks,
    this.meaning,
  );

  show(info: QualityLayerInfo, shading: Shading): void {
    const words = QUALITY_LAYERS[info.layer];
    const { min, max } = shading.range;
    this.colours.getContext('2d')?.putImageData(shading.strip(WIDTH_PX), 0, 0);
    const ends = words.ends().map((end, at) => `${qualityValue(info, at === 0 ? min : max)}: ${end}`);
    fill(this.title, h('strong', {}, words.name()), h('span', {}, limitWords(info)));
    fill(this.ticks, (info.unit === 'flag' ? words.ends() : ends).map((end) => h('span', {}, end)));
    fill(this.meaning, words.meaning());
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
