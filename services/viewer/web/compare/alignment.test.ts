import { expect, test } from 'vitest';
import { Frame } from '../slide/frame';
import { alignmentOf, toFirst, toOther } from './alignment';

const first = { x_um: 4000, y_um: 9000, um_per_px: 0.5, degrees: 30 };
const other = { x_um: 12_500, y_um: 700, um_per_px: 0.5, degrees: 250 };
const WINDOW = { width: 640, height: 480 };

test('two views that were aligned show each other again', () => {
  const alignment = alignmentOf(first, other);
  for (const [found, wanted] of [[toOther(first, alignment), other], [toFirst(other, alignment), first]] as const) {
    expect(found.x_um).toBeCloseTo(wanted.x_um, 6);
    expect(found.y_um).toBeCloseTo(wanted.y_um, 6);
    expect(found.degrees).toBeCloseTo(wanted.degrees, 9);
  }
});

test('what met in the windows still meets after moving, zooming and turning', () => {
  const alignment = alignmentOf(first, other);
  const onFirst = new Frame(first, WINDOW, 1).toGlass(100, 400);
  const onOther = new Frame(other, WINDOW, 1).toGlass(100, 400);
  const moved = { x_um: 3900, y_um: 9100, um_per_px: 2, degrees: 115 };
  const [x, y] = new Frame(moved, WINDOW, 1).toWindow(...onFirst);
  const [also_x, also_y] = new Frame(toOther(moved, alignment), WINDOW, 1).toWindow(...onOther);
  expect(also_x).toBeCloseTo(x, 6);
  expect(also_y).toBeCloseTo(y, 6);
});

test('both are seen at one scale', () => {
  expect(toOther({ ...first, um_per_px: 7 }, alignmentOf(first, other)).um_per_px).toBe(7);
});
