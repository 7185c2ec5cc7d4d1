import type { Faithfulness, Layer, Prediction } from '../api/shapes';
import { formatSigned, formatValue } from '../units/plain';
import { say } from '../words/say';
import { COLORMAPS, type Colormap } from './colormap';

interface LayerWords {
  name: string;
  /** What a value means. */
  meaning: string;
  /** A value under the pointer. */
  value(value: number): string;
}

/** The layers a heatmap can have, in words. */
export const LAYERS: Record<Layer, LayerWords> = {
  attention: {
    name: say('Attention'),
    meaning: say('Where the model looked, not a probability. 1 is the weight of an average tile, 2 is twice that.'),
    value: (value) => say('attention {value}×', { value: formatValue(value) }),
  },
  tile: {
    name: say('Tile probability'),
    meaning: say(
      'The probability, if this tile were the whole slide, of the positive class, of the class that is called, ' +
        'or of a grade above the lowest.',
    ),
    value: (value) => say('tile probability {value}', { value: formatValue(value) }),
  },
  leave_out: {
    name: say('Leave-out effect'),
    meaning: say(
      'What the tile adds to the slide\'s log-odds of the positive class, of the class that is called, or of the ' +
        'grade being reached, found by leaving it out. Above 0 it speaks for that, below 0 against it. A weak tile ' +
        'of a large finding can lie below 0, for without it the stronger ones weigh more.',
    ),
    value: (value) => say('leave-out effect {value}', { value: formatSigned(value) }),
  },
  neighbourhood: {
    name: say('Leave-out effect, with neighbours'),
    meaning: say(
      'The same with the tile and those that touch it left out together: like tiles stand in for each other, ' +
        'so that one alone is hardly missed.',
    ),
    value: (value) => say('leave-out effect with neighbours {value}', { value: formatSigned(value) }),
  },
};

/** Whether values lie on both sides of 0, which is then the middle of the colours. */
export function isSigned(layer: Layer): boolean {
  return layer === 'leave_out' || layer === 'neighbourhood';
}

/** Colours whose middle is neutral are for signed layers, and the others are not. */
export function colormapsFor(layer: Layer): Colormap[] {
  return isSigned(layer) ? ['coolwarm'] : COLORMAPS.filter((name) => name !== 'coolwarm');
}

/** The layers that are stored for a result. */
export function layersOf({ evidence }: Prediction): Layer[] {
  return evidence?.layers.map(({ layer }) => layer) ?? ['attention', 'tile'];
}

export const FAITHFULNESS_HELP = say(
  'Does the call depend on the tiles this layer points at? Measured by taking tiles away, and by adding them, ' +
    'in the order of the layer: 0 is no better than a random order, 1 is perfect, below 0 is worse than random.',
);

/** `faithfulness 0.93`, and both figures for a tooltip; `null` where nothing was measured. */
export function faithfulnessWords({ deletion, insertion }: Faithfulness): { short: string; long: string } {
  const figures = [deletion, insertion].filter((figure) => figure !== null);
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  const words = (figure: number | null) => (figure === null ? say('cannot be told') : figure.toFixed(2));
  return {
    short: say('faithfulness {figure}', { figure: words(figures.length === 0 ? null : mean) }),
    long: say('{help} Taking tiles away: {deletion}. Adding tiles: {insertion}.', {
      help: FAITHFULNESS_HELP,
      deletion: words(deletion),
      insertion: words(insertion),
    }),
  };
}
