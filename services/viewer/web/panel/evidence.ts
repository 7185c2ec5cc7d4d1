import { paths } from '../api/client';
import type { Manifest, Prediction, TopTile } from '../api/shapes';
import { h } from '../dom';
import { formatProbability, formatValue } from '../units/plain';
import { section } from './section';

const PICTURE_PX = 256;

/** The tiles that weighed most, as pictures that lead to their place. */
export class Evidence {
  readonly element: HTMLElement;
  private readonly buttons: HTMLElement[];

  constructor(manifest: Manifest, prediction: Prediction, onChoose: (position: number) => void) {
    this.buttons = prediction.top_tiles.map((tile, position) =>
      tileButton(manifest, prediction, tile, position, () => onChoose(position)),
    );
    this.element = section(
      'evidence',
      'Evidence',
      h(
        'p',
        { class: 'hint' },
        'The tiles the model weighed most. ',
        'Each shows its weight against an average tile, and its own probability.',
      ),
      h('div', { class: 'tiles' }, this.buttons),
    );
  }

  setChosen(chosen: number | null): void {
    this.buttons.forEach((button, position) => {
      button.setAttribute('aria-pressed', String(position === chosen));
    });
    if (chosen !== null) this.buttons[chosen]?.scrollIntoView({ block: 'nearest' });
  }
}

/** The tile in whole pixels of level 0, cut off at the slide's edge. */
export function tilePixels(tile: TopTile, { mpp, size }: Manifest): [number, number, number, number] {
  const { rect_um: rect } = tile;
  const x = Math.min(Math.max(0, Math.round(rect.x / mpp)), size.width - 1);
  const y = Math.min(Math.max(0, Math.round(rect.y / mpp)), size.height - 1);
  const width = Math.min(Math.round(rect.width / mpp), size.width - x);
  const height = Math.min(Math.round(rect.height / mpp), size.height - y);
  return [x, y, Math.max(1, width), Math.max(1, height)];
}

function tileButton(
  manifest: Manifest,
  prediction: Prediction,
  tile: TopTile,
  position: number,
  onclick: () => void,
): HTMLElement {
  const weight = `${formatValue(tile.attention * prediction.n_instances)}×`;
  const probability = formatProbability(tile.tile_probability);
  return h(
    'button',
    {
      class: 'tile',
      'aria-pressed': 'false',
      title: `Tile ${position + 1}: ${weight} the average weight, probability ${probability}`,
      onclick,
    },
    h('img', {
      src: paths.region(manifest.slide, tilePixels(tile, manifest), PICTURE_PX),
      alt: `Tile ${position + 1}`,
      width: PICTURE_PX,
      height: PICTURE_PX,
      loading: 'lazy',
      decoding: 'async',
    }),
    h('span', { class: 'tile-words' }, h('span', {}, weight), h('span', {}, `p ${probability}`)),
  );
}
