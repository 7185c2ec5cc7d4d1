import type { Alignment } from './compare/alignment';

/** A view of a slide: its centre and scale on the glass, so that a link means the same anywhere. */
export interface View {
  /** Micrometres from the top left of level 0. */
  x_um: number;
  y_um: number;
  um_per_px: number;
  /** Clockwise, from 0 up to 360. */
  degrees: number;
}

const SHOWN_LAYERS = ['attention', 'tile', 'leave_out', 'neighbourhood', 'off'] as const;

/** What lies over the slide: a layer of the heatmap, or none of them. */
export type ShownLayer = (typeof SHOWN_LAYERS)[number];

/** How many slides fit beside each other. */
export const MOST_COMPARED = 4;

/** Slides side by side; the view is of the first, and without alignments their tissue meets. */
export interface CompareRoute {
  page: 'compare';
  ids: readonly string[];
  view: View | null;
  /** Of all slides but the first, against it. */
  alignments: readonly Alignment[] | null;
}

/** Without a view the whole slide is shown; without a layer, what the page shows first. */
export type Route =
  | CompareRoute
  | { page: 'list' }
  | { page: 'slide'; id: string; view: View | null; layer?: ShownLayer };

/**
 * Reads `#/slides/ID?x=&y=&zoom=&turn=&layer=` and `#/compare/ID,ID?x=&y=&zoom=&turn=&align=x:y:turn,...`;
 * whatever is not understood leads to the list.
 */
export function parseRoute(hash: string): Route {
  const compared = /^#\/compare\/([0-9a-f,]+)(?:\?(.*))?$/.exec(hash);
  if (compared) return parseCompared(compared[1]!.split(','), new URLSearchParams(compared[2] ?? ''));
  const found = /^#\/slides\/([0-9a-f]{32})(?:\?(.*))?$/.exec(hash);
  if (!found) return { page: 'list' };
  const query = new URLSearchParams(found[2] ?? '');
  const layer = SHOWN_LAYERS.find((name) => name === query.get('layer'));
  return { page: 'slide', id: found[1]!, view: parseView(query), ...(layer && { layer }) };
}

export function formatRoute(route: Route): string {
  if (route.page === 'list') return '#/';
  const pairs = route.view === null ? [] : formatView(route.view);
  if (route.page === 'compare' && route.alignments !== null) pairs.push(`align=${formatAlignments(route.alignments)}`);
  if (route.page === 'slide' && route.layer !== undefined) pairs.push(`layer=${route.layer}`);
  const path = route.page === 'compare' ? `#/compare/${route.ids.join(',')}` : `#/slides/${route.id}`;
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function parseCompared(ids: readonly string[], query: URLSearchParams): Route {
  const isEach = ids.every((id) => /^[0-9a-f]{32}$/.test(id)) && new Set(ids).size === ids.length;
  if (!isEach || ids.length < 2 || ids.length > MOST_COMPARED) return { page: 'list' };
  return { page: 'compare', ids, view: parseView(query), alignments: parseAlignments(query.get('align'), ids.length - 1) };
}

function parseAlignments(text: string | null, count: number): Alignment[] | null {
  const alignments = (text ?? '').split(',').map((part) => {
    const [x_um, y_um, degrees] = part.split(':').map(Number);
    return { x_um: x_um ?? Number.NaN, y_um: y_um ?? Number.NaN, degrees: degrees ?? Number.NaN };
  });
  const isWhole = alignments.every((alignment) => Object.values(alignment).every(Number.isFinite));
  return isWhole && alignments.length === count ? alignments : null;
}

function formatAlignments(alignments: readonly Alignment[]): string {
  return alignments
    .map(({ x_um, y_um, degrees }) => `${x_um.toFixed(1)}:${y_um.toFixed(1)}:${Number(degrees.toFixed(1))}`)
    .join(',');
}

function parseView(query: URLSearchParams): View | null {
  const read = (name: string) => Number(query.get(name) ?? Number.NaN);
  const view = {
    x_um: read('x'),
    y_um: read('y'),
    um_per_px: read('zoom'),
    degrees: query.has('turn') ? ((read('turn') % 360) + 360) % 360 : 0,
  };
  return Object.values(view).every(Number.isFinite) && view.um_per_px > 0 ? view : null;
}

function formatView(view: View): string[] {
  const pairs = [
    `x=${view.x_um.toFixed(1)}`,
    `y=${view.y_um.toFixed(1)}`,
    `zoom=${Number(view.um_per_px.toPrecision(5))}`,
  ];
  if (view.degrees !== 0) pairs.push(`turn=${Number(view.degrees.toFixed(1))}`);
  return pairs;
}
