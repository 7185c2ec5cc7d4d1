import { expect, test } from 'vitest';
import type { Slide } from '../api/shapes';
import { callWords, isViewable, obstacle, standing } from './standing';

function slide(part: Partial<Slide>): Slide {
  return { id: 'a', received_at: '', timings: [], status: { state: 'received' }, ...part };
}

test('a step under way has a share, one that waits has none', () => {
  const tiling = slide({ progress: { stage: 'tile', done: 30, total: 120 } });
  expect(standing(tiling)).toEqual({ label: 'Tiling', tone: 'working', share: 0.25 });
  expect(standing(slide({})).share).toBeNull();
  expect(standing(slide({ progress: { stage: 'embed', done: 0, total: 0 } })).share).toBeNull();
});

test('a slide held before tiling cannot be viewed, one held after can', () => {
  expect(isViewable(slide({ status: { state: 'held', reason: { code: 'missing_mpp' } } }))).toBe(false);
  expect(isViewable(slide({ status: { state: 'held', reason: { code: 'no_tissue' } } }))).toBe(true);
  expect(isViewable(slide({ status: { state: 'quarantined', reason: 'cut off' } }))).toBe(false);
});

test('a stopped slide can be viewed and says that it was stopped', () => {
  const stopped = slide({ status: { state: 'held', reason: { code: 'stopped' } } });
  expect(isViewable(stopped)).toBe(true);
  expect(standing(stopped).label).toBe('Stopped');
});

test('a slide that is not known to be the one can be viewed and says what it waits for', () => {
  for (const code of ['identity', 'unmatched'] as const) {
    const held = slide({ status: { state: 'held', reason: { code } } });
    expect(isViewable(held)).toBe(true);
    expect(standing(held).label).toBe('To be matched');
    expect(obstacle(held)).toContain('“To be matched”');
  }
});

test('a call is said in the words of its task', () => {
  const grade = { scale: 'isup', value: 3, expected: 2.9, exceedance: [] };
  expect(callWords(slide({ call: { label: 'tumour', is_positive: true }, grade }))).toBe('Tumour, grade 3');
  expect(callWords(slide({ call: { label: 'tumour', is_positive: true } }))).toBe('Tumour detected');
  expect(callWords(slide({ call: { label: 'no_tumour', is_positive: false } }))).toBe('No tumour');
  expect(callWords(slide({}))).toBeNull();
});
