import { expect, test } from 'vitest';
import type { Found } from './api';
import { comparedWords, similarityWords } from './words';

const found: Found = {
  scope: 'slide',
  encoder: { name: 'uni' },
  precision: 'f32',
  method: 'exact',
  searched: { tiles: 1234, of_tiles: 1234, slides: 1, of_slides: 1 },
  hits: [],
};

test('it is said what was compared', () => {
  expect(comparedWords(found)).toBe('Compared with all 1\u202f234 tiles of this slide. Embeddings: uni, f32.');
  const ofCase = { ...found, searched: { ...found.searched, slides: 2, of_slides: 3 } };
  expect(comparedWords(ofCase)).toContain('2 of the 3 slides of the case');
});

test('it is said where only a part was searched', () => {
  const searched = { tiles: 120000, of_tiles: 500000, slides: 60, of_slides: 75 };
  const words = comparedWords({ ...found, scope: 'all', method: 'approximate', searched });
  expect(words).toContain('120\u202f000 of 500\u202f000 tiles in 60 of 75 slides');
});

test('a cosine has two figures and a true minus', () => {
  expect(similarityWords(0.987)).toBe('0.99');
  expect(similarityWords(-0.25)).toBe('−0.25');
});
