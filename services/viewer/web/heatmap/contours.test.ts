import { describe, expect, test } from 'vitest';
import { contours } from './contours';
import type { Grid } from './grid';

function grid(rows: number[][], cell_um = 10): Grid {
  return { cell_um, columns: rows[0]!.length, rows: rows.length, values: Float32Array.from(rows.flat()) };
}

const as_is = (value: number) => value;
const none = Number.NaN;

describe('contours', () => {
  test('close around one cell, half way to its neighbours', () => {
    const [ring, ...others] = contours(grid([[0, 0, 0], [0, 1, 0], [0, 0, 0]]), as_is, 0.5);
    expect(others).toEqual([]);
    expect([ring!.x, ring!.y, ring!.width, ring!.height]).toEqual([10, 10, 10, 10]);
    expect(ring!.area_um2).toBeCloseTo(50);
  });

  test('run where the threshold would be reached between two values', () => {
    const [ring] = contours(grid([[0, 4, 0]]), as_is, 1);
    expect([ring!.x, ring!.width]).toEqual([7.5, 15]);
  });

  test('close at the edge of the grid and beside cells without a value', () => {
    const [ring] = contours(grid([[1, 1], [1, none]]), as_is, 0.5);
    expect([ring!.x, ring!.y, ring!.width, ring!.height]).toEqual([0, 0, 20, 20]);
    expect(contours(grid([[none, none]]), as_is, -5)).toEqual([]);
  });

  test('go the other way round holes, so that areas add up', () => {
    const rings = contours(grid([[1, 1, 1], [1, 0, 1], [1, 1, 1]]), as_is, 0.5);
    expect(rings).toHaveLength(2);
    const [outer, hole] = rings.map(({ area_um2 }) => area_um2).sort((a, b) => b - a);
    expect(hole).toBeCloseTo(-50);
    expect(outer! + hole!).toBeCloseTo(900 - 4 * 12.5 - 50);
  });

  test('keep cells apart that touch by a corner only', () => {
    const rings = contours(grid([[1, 0], [0, 1]]), as_is, 0.5);
    expect(rings).toHaveLength(2);
    for (const { area_um2 } of rings) expect(area_um2).toBeGreaterThan(0);
  });

  test('every line is closed on any values', () => {
    let seed = 7;
    const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const values = Array.from({ length: 60 }, () => Array.from({ length: 80 }, () => (chance() < 0.1 ? none : chance())));
    const total = contours(grid(values), as_is, 0.5).reduce((sum, { area_um2 }) => sum + area_um2, 0);
    const inside = values.flat().filter((value) => value >= 0.5).length * 100;
    expect(total / inside).toBeGreaterThan(0.6);
    expect(total / inside).toBeLessThan(1.2);
  });
});
