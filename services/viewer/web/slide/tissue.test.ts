import { expect, test } from 'vitest';
import { Tissue } from './tissue';

/** Rows of `#` and `.`, packed as the server packs them. */
function tissue(...rows: string[]): Tissue {
  const cells = rows.join('');
  const packed = new Uint8Array(Math.ceil(cells.length / 8));
  [...cells].forEach((cell, at) => {
    if (cell === '#') packed[at >> 3]! |= 1 << (at & 7);
  });
  const text = btoa(String.fromCharCode(...packed));
  return new Tissue({ cell_um: 100, columns: rows[0]!.length, rows: rows.length, cells: text });
}

test('the mask is unpacked, and outside it there is no tissue', () => {
  const mask = tissue('#..', '.##', '...', '..#');
  expect(mask.holds(0, 0)).toBe(true);
  expect(mask.holds(1, 0)).toBe(false);
  expect(mask.holds(2, 3)).toBe(true);
  expect(mask.holds(-1, 0) || mask.holds(3, 0) || mask.holds(0, 4)).toBe(false);
  expect(mask.areaMm2()).toBeCloseTo(0.04);
});

test('the outline goes once around, with straight runs joined', () => {
  expect(tissue('....', '.##.', '....').outline()).toEqual([
    [1, 1, 3, 1],
    [1, 2, 3, 2],
    [1, 1, 1, 2],
    [3, 1, 3, 2],
  ]);
  const ring = tissue('###', '#.#', '###').outline();
  const length = ring.reduce((sum, [x1, y1, x2, y2]) => sum + (x2 - x1) + (y2 - y1), 0);
  expect(length).toBe(12 + 4);
});

test('a mask with too few cells is refused', () => {
  expect(() => new Tissue({ cell_um: 1, columns: 9, rows: 1, cells: 'AA==' })).toThrow('do not fill');
});
