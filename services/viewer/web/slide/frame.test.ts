import { describe, expect, test } from 'vitest';
import { Frame, visibleCells } from './frame';

const WINDOW = { width: 800, height: 600 };

function frame(degrees: number, um_per_px = 0.5): Frame {
  return new Frame({ x_um: 10_000, y_um: 20_000, um_per_px, degrees }, WINDOW, 1);
}

describe('the frame', () => {
  test('has the place looked at in its middle', () => {
    expect(frame(0).toWindow(10_000, 20_000)).toEqual([400, 300]);
    expect(frame(0).toWindow(10_001, 20_002)).toEqual([402, 304]);
  });

  test('turns clockwise: what lay to the right lies below', () => {
    const [x, y] = frame(90).toWindow(10_050, 20_000);
    expect(x).toBeCloseTo(400);
    expect(y).toBeCloseTo(400);
  });

  test('finds the way back at any turn and zoom', () => {
    for (const degrees of [0, 17, 90, 180, 270, 333]) {
      for (const um_per_px of [0.01, 0.25, 64]) {
        const looking = frame(degrees, um_per_px);
        const [x, y] = looking.toGlass(...looking.toWindow(10_321.5, 19_876.25));
        expect(x).toBeCloseTo(10_321.5, 6);
        expect(y).toBeCloseTo(19_876.25, 6);
      }
    }
  });

  test('shows a quarter turn as an upright rectangle of swapped sides', () => {
    const glass = frame(90).visible();
    expect([glass.x, glass.y, glass.width, glass.height].map((n) => Math.round(n))).toEqual([
      9_850, 19_800, 300, 400,
    ]);
  });

  test('shows only the cells it touches, and none outside the grid', () => {
    const grid = { cell_um: 112, columns: 91, rows: 500 };
    expect(visibleCells(frame(0), grid)).toEqual({ column: 87, row: 177, columns: 4, rows: 3 });
    expect(visibleCells(frame(0), { ...grid, columns: 20 }).columns).toBe(0);
  });
});
