import { formatCount } from '../units/plain';
import { say } from '../words/say';
import type { Found } from './api';

/** What was compared with what, in one line. */
export function comparedWords({ method, searched, encoder, precision }: Found): string {
  const { tiles, of_tiles, slides, of_slides } = searched;
  const by = say('Embeddings: {encoder}, {precision}.', { encoder: encoder.name, precision });
  const values = {
    tiles: formatCount(tiles),
    all: formatCount(of_tiles),
    slides: formatCount(slides),
    of_slides: formatCount(of_slides),
  };
  if (method === 'exact' && of_slides === 1) return `${say('Compared with all {tiles} tiles of this slide.', values)} ${by}`;
  if (method === 'exact') {
    return `${say('Compared with all {tiles} tiles of {slides} of the {of_slides} slides of the case.', values)} ${by}`;
  }
  const extent = say('Searched {tiles} of {all} tiles in {slides} of {of_slides} slides, by an index that may miss some.', values);
  return `${extent} ${by}`;
}

export function similarityWords(similarity: number): string {
  return similarity.toFixed(2).replace('-', '−');
}
