import type { Layer } from '../api/shapes';
import { fill, h } from '../dom';
import type { Colormap } from '../heatmap/colormap';
import { colormapsFor, isSigned, LAYERS } from '../heatmap/layers';
import { colourRange, type HeatSettings, type Scale, withLayer, withScale } from '../heatmap/settings';
import type { Grid } from '../heatmap/grid';
import { capital } from '../list/standing';
import { formatSigned, formatValue } from '../units/plain';
import { say } from '../words/say';

const THRESHOLD_STEPS = 200;

/** The fields that say how the heatmap is shown. */
export class HeatControls {
  readonly element: HTMLElement;
  private readonly visible = h('input', { type: 'checkbox', name: 'visible' });
  private readonly layer: HTMLSelectElement;
  private readonly colormap = select('colormap', say('Colormap'), []);
  private readonly opacity = slider('opacity', say('Opacity'), 100);
  private readonly opacityWords = h('output', {});
  private readonly fade = h('input', { type: 'checkbox', name: 'fade' });
  private readonly threshold = slider('threshold', say('Threshold'), THRESHOLD_STEPS);
  private readonly thresholdWords = h('output', {});
  private readonly scale = select('scale', say('Range'), [
    ['value', say('Values')],
    ['percentile', say('Percentiles')],
  ]);
  private readonly low = h('input', { type: 'number', name: 'low', step: 'any', 'aria-label': say('First colour') });
  private readonly high = h('input', { type: 'number', name: 'high', step: 'any', 'aria-label': say('Last colour') });
  private readonly ends = h('span', { class: 'ends' });
  private settings: HeatSettings;
  private grid: Grid | null = null;

  constructor(
    first: HeatSettings,
    layers: readonly Layer[],
    private readonly onChange: (settings: HeatSettings) => void,
  ) {
    this.settings = first;
    this.layer = select('layer', say('Layer'), layers.map((layer) => [layer, LAYERS[layer].name]));
    this.element = h(
      'div',
      { class: 'heat-controls' },
      row(say('Show'), h('label', { class: 'tick' }, this.visible, say('Heatmap over the slide'))),
      row(say('Layer'), this.layer),
      row(say('Opacity'), this.opacity, this.opacityWords),
      row('', h('label', { class: 'tick' }, this.fade, say('Fade low values'))),
      row(say('Threshold'), this.threshold, this.thresholdWords),
      row(say('Colours'), this.colormap),
      row(say('Range'), this.scale),
      row('', this.ends),
    );
    this.listen();
  }

  /** Shows these settings for this heatmap. */
  show(settings: HeatSettings, grid: Grid | null): void {
    this.settings = settings;
    this.grid = grid;
    this.visible.checked = settings.visible;
    if (this.layer.value !== settings.layer || this.colormap.value === '') this.fit(settings.layer);
    this.colormap.value = settings.colormap;
    this.opacity.value = String(Math.round(settings.opacity * 100));
    this.opacityWords.value = say('{percent} %', { percent: Math.round(settings.opacity * 100) });
    this.fade.checked = settings.emphasis === 'fade';
    this.scale.value = settings.scale;
    setUnlessFocused(this.low, settings.low);
    setUnlessFocused(this.high, settings.high);
    this.showThreshold();
  }

  /** Offers what makes sense for a layer: the colours of a signed one end equally far from 0. */
  private fit(layer: Layer): void {
    this.layer.value = layer;
    fill(this.colormap, options(colormapsFor(layer).map((name) => [name, capital(name)])));
    fill(this.ends, isSigned(layer) ? ['± ', this.high] : [this.low, say('to'), this.high]);
  }

  private showThreshold(): void {
    const { threshold, layer } = this.settings;
    const format = isSigned(layer) ? formatSigned : formatValue;
    this.thresholdWords.value = threshold === null ? say('off') : `≥ ${format(threshold).replace('+', '±')}`;
    if (threshold === null) this.threshold.value = '0';
  }

  private listen(): void {
    const on = (field: HTMLElement, kind: 'input' | 'change', change: () => Partial<HeatSettings>) => {
      field.addEventListener(kind, () => this.onChange({ ...this.settings, ...change() }));
    };
    on(this.visible, 'change', () => ({ visible: this.visible.checked }));
    on(this.layer, 'change', () => {
      const layer = this.layer.value as Layer;
      this.fit(layer);
      return withLayer(this.settings, layer);
    });
    on(this.colormap, 'change', () => ({ colormap: this.colormap.value as Colormap }));
    on(this.opacity, 'input', () => ({ opacity: this.opacity.valueAsNumber / 100 }));
    on(this.fade, 'change', () => ({ emphasis: this.fade.checked ? 'fade' : 'even' }));
    on(this.threshold, 'input', () => ({ threshold: this.chosenThreshold() }));
    on(this.scale, 'change', () => this.chosenScale());
    on(this.low, 'input', () => ({ low: numberOr(this.low, this.settings.low) }));
    on(this.high, 'input', () => ({ high: numberOr(this.high, this.settings.high) }));
  }

  private chosenScale(): Partial<HeatSettings> {
    return this.grid === null ? {} : withScale(this.settings, this.scale.value as Scale, this.grid);
  }

  /** The slider runs over the colours: what is cut off is what the legend dims. */
  private chosenThreshold(): number | null {
    const position = this.threshold.valueAsNumber / THRESHOLD_STEPS;
    if (position === 0 || this.grid === null) return null;
    const { min, max } = colourRange(this.settings, this.grid);
    return isSigned(this.settings.layer) ? max * position : min + (max - min) * position;
  }
}

function row(label: string, ...fields: HTMLElement[]): HTMLElement {
  return h('div', { class: 'control' }, h('span', { class: 'control-name' }, label), fields);
}

type Choices = [value: string, words: string][];

function select(name: string, words: string, choices: Choices): HTMLSelectElement {
  return h(
    'select',
    { name, 'aria-label': words },
    options(choices),
  );
}

function options(choices: Choices): HTMLElement[] {
  return choices.map(([value, words]) => h('option', { value }, words));
}

function slider(name: string, words: string, max: number): HTMLInputElement {
  return h('input', { type: 'range', name, min: 0, max, step: 1, 'aria-label': words });
}

/** A field someone types in keeps its text. */
function setUnlessFocused(field: HTMLInputElement, value: number): void {
  if (document.activeElement !== field) field.value = String(value);
}

function numberOr(field: HTMLInputElement, otherwise: number): number {
  return Number.isFinite(field.valueAsNumber) ? field.valueAsNumber : otherwise;
}
