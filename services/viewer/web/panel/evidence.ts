import type { Manifest, Prediction, TopTile } from '../api/shapes';
import { h } from '../dom';
import { formatProbability, formatValue } from '../units/plain';
import { say } from '../words/say';
import { section } from './section';
import { press, tileButton } from './tile-button';

/** The tiles that weighed most, as pictures that lead to their place. */
export class Evidence {
  readonly element: HTMLElement;
  private readonly buttons: HTMLElement[];

  constructor(manifest: Manifest, prediction: Prediction, onChoose: (position: number) => void) {
    this.buttons = prediction.top_tiles.map((tile, position) =>
      topTileButton(manifest, prediction, tile, position, () => onChoose(position)),
    );
    this.element = section(
      'evidence',
      say('Evidence'),
      h(
        'p',
        { class: 'hint' },
        say('The tiles the model weighed most. Each shows its weight against an average tile, and its own probability.'),
      ),
      h('div', { class: 'tiles' }, this.buttons),
    );
  }

  setChosen(chosen: number | null): void {
    press(this.buttons, chosen);
  }
}

function topTileButton(
  manifest: Manifest,
  prediction: Prediction,
  tile: TopTile,
  position: number,
  onclick: () => void,
): HTMLElement {
  const weight = `${formatValue(tile.attention * prediction.n_instances)}×`;
  const number = position + 1;
  const alone = tile.tile_probability;
  if (alone === undefined) {
    return tileButton({
      manifest,
      rect_um: tile.rect_um,
      name: say('Tile {number}', { number }),
      title: say('Tile {number}: {weight} the average weight', { number, weight }),
      words: h('span', {}, weight),
      onclick,
    });
  }
  const probability = formatProbability(alone);
  return tileButton({
    manifest,
    rect_um: tile.rect_um,
    name: say('Tile {number}', { number }),
    title: say('Tile {number}: {weight} the average weight, probability {probability}', { number, weight, probability }),
    words: [h('span', {}, weight), h('span', {}, `p ${probability}`)],
    onclick,
  });
}
