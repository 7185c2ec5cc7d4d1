import { expect, test } from 'vitest';
import { formatRoute, parseRoute } from './route';

const ID = '0123456789abcdef0123456789abcdef';

test('a view survives the address bar', () => {
  const view = { x_um: 1234.5, y_um: 20480, um_per_px: 0.25, degrees: 90 };
  const hash = formatRoute({ page: 'slide', id: ID, view });
  expect(hash).toBe(`#/slides/${ID}?x=1234.5&y=20480.0&zoom=0.25&turn=90`);
  expect(parseRoute(hash)).toEqual({ page: 'slide', id: ID, view });
});

test('a link without a view, or with a broken one, opens the whole slide', () => {
  for (const query of ['', '?x=1&y=2', '?x=1&y=2&zoom=0', '?x=a&y=2&zoom=1', '?x=1&y=2&zoom=1&turn=x']) {
    expect(parseRoute(`#/slides/${ID}${query}`), query).toEqual({ page: 'slide', id: ID, view: null });
  }
});

test('a layer survives the address bar, and an unknown one is left to the page', () => {
  const view = { x_um: 1, y_um: 2, um_per_px: 4, degrees: 12.5 };
  for (const layer of ['leave_out', 'off'] as const) {
    const hash = formatRoute({ page: 'slide', id: ID, view, layer });
    expect(hash).toBe(`#/slides/${ID}?x=1.0&y=2.0&zoom=4&turn=12.5&layer=${layer}`);
    expect(parseRoute(hash)).toEqual({ page: 'slide', id: ID, view, layer });
  }
  expect(parseRoute(`#/slides/${ID}?layer=truth`)).toEqual({ page: 'slide', id: ID, view: null });
});

test('slides side by side survive the address bar', () => {
  const ids = [ID, ID.replace('0', 'f')];
  const view = { x_um: 10, y_um: 20, um_per_px: 2, degrees: 0 };
  const alignments = [{ x_um: -120.5, y_um: 40, degrees: 12.5 }];
  const hash = formatRoute({ page: 'compare', ids, view, alignments });
  expect(hash).toBe(`#/compare/${ids.join(',')}?x=10.0&y=20.0&zoom=2&align=-120.5:40.0:12.5`);
  expect(parseRoute(hash)).toEqual({ page: 'compare', ids, view, alignments });
  for (const align of ['', '1:2', '1:2:x', '1:2:3,1:2:3']) {
    expect(parseRoute(`#/compare/${ids.join(',')}?align=${align}`), align).toMatchObject({ alignments: null });
  }
  for (const few of [ID, `${ID},${ID}`, `${ids.join(',')},x`]) expect(parseRoute(`#/compare/${few}`)).toEqual({ page: 'list' });
});

test('turns are brought into one circle', () => {
  const route = parseRoute(`#/slides/${ID}?x=1&y=2&zoom=1&turn=-90`);
  expect(route.page === 'slide' && route.view?.degrees).toBe(270);
});

test('anything else is the list', () => {
  for (const hash of ['', '#', '#/', '#/slides/', '#/slides/../api', `#/slides/${ID}0`]) {
    expect(parseRoute(hash), hash).toEqual({ page: 'list' });
  }
});
