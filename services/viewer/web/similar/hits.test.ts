import { expect, test } from 'vitest';
import { parseRoute } from '../route';
import { address } from './hits';

test('a hit is a link to its place in its slide', () => {
  const slide = '0123456789abcdef0123456789abcdef';
  const rect_um = { x: 1000, y: 500, width: 112, height: 112 };
  const route = parseRoute(address({ slide, rect_um, similarity: 0.9, picture: '' }, 800));
  expect(route).toMatchObject({ page: 'slide', id: slide });
  expect(route).toMatchObject({ view: { x_um: 1056, y_um: 556, degrees: 0 } });
  expect((route as { view: { um_per_px: number } }).view.um_per_px).toBeCloseTo(0.448, 4);
});
