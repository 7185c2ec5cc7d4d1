import { expect, test } from 'vitest';
import { BrushMask } from './brush';

/** Covers single cells of a grid whose cells are ten pixels wide. */
function covered(...rows: string[]): BrushMask {
  const mask = new BrushMask(10);
  rows.forEach((row, y) => {
    [...row].forEach((cell, x) => {
      if (cell === '#') mask.cover([x * 10 + 5, y * 10 + 5], 1);
    });
  });
  return mask;
}

test('a block is one ring of four corners, closed', () => {
  expect(covered('##', '##').polygons()).toEqual([
    [
      [
        [0, 0],
        [20, 0],
        [20, 20],
        [0, 20],
        [0, 0],
      ],
    ],
  ]);
});

test('a ring has a hole, and what lies in the hole is another polygon', () => {
  const polygons = covered('#####', '#...#', '#.#.#', '#...#', '#####').polygons();
  expect(polygons.map((rings) => rings.length).sort()).toEqual([1, 2]);
  const [hole] = polygons.find((rings) => rings.length === 2)!.slice(1);
  expect(hole).toHaveLength(5);
});

test('cells that touch at a corner are two polygons', () => {
  expect(covered('#.', '.#').polygons()).toHaveLength(2);
});

test('a stroke is one polygon without gaps', () => {
  const mask = new BrushMask(2);
  expect(mask.isEmpty).toBe(true);
  mask.stroke([0, 0], [300, 100], 12);
  const polygons = mask.polygons();
  expect(polygons).toHaveLength(1);
  expect(polygons[0]).toHaveLength(1);
  expect(polygons[0]![0]!.at(0)).toEqual(polygons[0]![0]!.at(-1));
});
