import type { Decisive, DecisiveTile, Evidence, Manifest } from '../api/shapes';
import { h } from '../dom';
import { formatCount, formatProbability } from '../units/plain';
import { say } from '../words/say';
import { section } from './section';
import { press, tileButton } from './tile-button';

/** The tiles that decide the call, as pictures that lead to their place. */
export class DecisiveSection {
  readonly element: HTMLElement;
  private readonly buttons: HTMLElement[];

  constructor(manifest: Manifest, { decisive }: Evidence, onChoose: (position: number) => void) {
    this.buttons = decisiveTiles(decisive).map((tile, position) => {
      const probability = formatProbability(tile.tile_probability);
      const number = position + 1;
      return tileButton({
        manifest,
        rect_um: tile.rect_um,
        name: say('Deciding tile {number}', { number }),
        title: say('Deciding tile {number}: probability {probability} by itself', { number, probability }),
        words: h('span', {}, `p ${probability}`),
        onclick: () => onChoose(position),
      });
    });
    this.element = section(
      'decisive',
      say('What decides it'),
      h('p', { class: 'hint' }, explanation(decisive)),
      this.buttons.length > 0 && h('div', { class: 'tiles' }, this.buttons),
    );
  }

  setChosen(chosen: number | null): void {
    press(this.buttons, chosen);
  }
}

export function decisiveTiles(decisive: Decisive): readonly DecisiveTile[] {
  switch (decisive.kind) {
    case 'smallest_set':
      return decisive.tiles;
    case 'most_suspicious':
      return [decisive.tile];
    case 'no_small_set':
    case 'not_told':
      return [];
  }
}

export function explanation(decisive: Decisive): string {
  switch (decisive.kind) {
    case 'smallest_set': {
      const { length } = decisive.tiles;
      const probability = formatProbability(decisive.probability);
      if (length === 1) {
        return say(
          'Seeing this tile only, the model makes the same call, with probability {probability}. Other tiles may do so too.',
          { probability },
        );
      }
      return say(
        'Seeing these {count} tiles only, the model makes the same call, with probability {probability}. ' +
          'None of them can be spared; a smaller set may exist.',
        { count: formatCount(length), probability },
      );
    }
    case 'no_small_set':
      return say('No {count} tiles or fewer were found that give the same call alone: the finding is in the slide as a whole.', {
        count: formatCount(decisive.most_tiles),
      });
    case 'most_suspicious':
      return say('The most suspicious tile: of all, it has the highest probability by itself. Look here first if you doubt the call.');
    case 'not_told':
      return say('Not told: the model is a service elsewhere, which was asked once.');
  }
}
