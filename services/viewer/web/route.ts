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

/** Without a view the whole slide is shown; without a layer, what the page shows first. */
export type Route = { page: 'list' } | { page: 'slide'; id: string; view: View | null; layer?: ShownLayer };

/** Reads `#/slides/ID?x=&y=&zoom=&turn=&layer=`; whatever is not understood leads to the list. */
export function parseRoute(hash: string): Route {
  const found = /^#\/slides\/([0-9a-f]{32})(?:\?(.*))?$/.exec(hash);
  if (!found) return { page: 'list' };
  const query = new URLSearchParams(found[2] ?? '');
  const layer = SHOWN_LAYERS.find((name) => name === query.get('layer'));
  return { page: 'slide', id: found[1]!, view: parseView(query), ...(layer && { layer }) };
}

export function formatRoute(route: Route): string {
  if (route.page === 'list') return '#/';
  const pairs = route.view === null ? [] : formatView(route.view);
  if (route.layer !== undefined) pairs.push(`layer=${route.layer}`);
  const path = `#/slides/${route.id}`;
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
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
