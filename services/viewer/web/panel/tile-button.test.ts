import { expect, test } from 'vitest';
import type { Manifest, MicrometreRect } from '../api/shapes';
import { tilePixels } from './tile-button';

const MANIFEST = { mpp: 0.499, size: { width: 2220, height: 2967 } } as Manifest;

function tile(x: number, y: number): MicrometreRect {
  return { x, y, width: 112, height: 112 };
}

test('a tile is cut out at the nearest whole pixels', () => {
  expect(tilePixels(tile(112, 224), MANIFEST)).toEqual([224, 449, 224, 224]);
});

test('a tile at the edge never asks for pixels outside the slide', () => {
  expect(tilePixels(tile(1100, 1470), MANIFEST)).toEqual([2204, 2946, 16, 21]);
  expect(tilePixels(tile(5000, 5000), MANIFEST)).toEqual([2219, 2966, 1, 1]);
});
